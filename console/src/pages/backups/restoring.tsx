import { Copyable } from '../../components/copyable';
import { LinkButton } from '../../components/button';
import { Card, Page } from '../../components/page';
import { useAddress } from '../../components/use-address';

const PARAMETERS = ['id'] as const;
const COMMAND = 'npm run --silent cli --';

/** What `docs/disaster-recovery.md` says at length, for whoever needs it now. */
export default function RestoringPage() {
  const [{ id = 'ID' }] = useAddress(PARAMETERS);
  return (
    <Page
      title="How to restore"
      about="A restore is done on the machine, with the server stopped: nothing that runs on the database can put it back."
      actions={<LinkButton to="/backups">All backups</LinkButton>}
    >
      <div className="stack">
        <Card title="1. Stop what still runs" about="Every replica, so that nothing is written meanwhile." />
        <Card
          title="2. See what there is"
          about="It needs the backups’ store and ENCRYPTION_KEY, no database."
        >
          <Copyable text={`${COMMAND} backup:list`} />
        </Card>
        <Card
          title="3. Try it without changing anything"
          about="DATABASE_URL is an empty database, or those letters for the one of the settings."
        >
          <Copyable text={`${COMMAND} backup:restore ${id} --to DATABASE_URL --dry-run`} />
        </Card>
        <Card
          title="4. Restore"
          about="Where it fails, the target is as it was. --force puts aside what the target holds."
        >
          <Copyable text={`${COMMAND} backup:restore ${id} --to DATABASE_URL`} />
        </Card>
        <Card title="5. Start the server again" about="Then verify the audit trail, and start a backup." />
        <p className="muted">
          The whole way, with files, another machine and moments between backups, stands in{' '}
          <code>docs/disaster-recovery.md</code>, <code>docs/backups.md</code> and{' '}
          <code>docs/point-in-time-recovery.md</code> beside the server’s source.
        </p>
      </div>
    </Page>
  );
}
