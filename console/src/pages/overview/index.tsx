import { Page } from '../../components/page';

export default function Overview() {
  return <Page title="Overview">…</Page>;
}
