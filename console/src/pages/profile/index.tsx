import { Page } from '../../components/page';

export default function Profile() {
  return <Page title="Profile">…</Page>;
}
