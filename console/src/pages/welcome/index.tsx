import { Page } from '../../components/page';

export default function Welcome() {
  return <Page title="Welcome">…</Page>;
}
