import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { api } from '../../api/client';
import { LinkButton } from '../../components/button';
import { Loaded } from '../../components/loaded';
import { Card, Page } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { useCan } from '../../session/session';
import { DecisionCard } from './decision-card';
import { EndSession } from './end-session';
import { EvaluateCard } from './evaluate-card';
import { useFound, useHistory } from './history';
import { ActionsCard, HistoryCards } from './history-card';
import { sessionKey, type Session } from './keys';
import { LogCard } from './log-card';
import { isUnderWay, stagesIn, stagesOf } from './pipeline';
import { PipelineCard } from './pipeline-card';
import { TimeLeft } from './time-left';
import { useLiveLog } from './use-live-log';
import { endInWords, StatusBadge } from './words';
import './sandboxes.css';

export default function SandboxPage() {
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: sessionKey(id),
    queryFn: async ({ signal }) =>
      (await api.GET('/api/v1/sandbox/sessions/{id}', { params: { path: { id } }, signal })).data,
  });
  return <Loaded query={query}>{(session) => <Sandbox key={session.id} session={session} />}</Loaded>;
}

function Sandbox({ session }: { readonly session: Session }) {
  const { id, status } = session;
  const log = useLiveLog(session);
  const history = useHistory(id);
  const mayEvaluate = useCan('sandbox:execute') && status === 'active';
  const newest = history.data?.decisions[0];
  const found = useFound(id, newest);
  return (
    <Page
      title={session.instance_id}
      about={<About session={session} />}
      actions={<Deeds session={session} />}
    >
      <div className="stack">
        <div className="grid halves">
          {mayEvaluate ? <EvaluateCard session={session} /> : <OverCard session={session} />}
          <PipelineCard stages={found && !isUnderWay(log.lines) ? stagesOf(found) : stagesIn(log.lines)} />
        </div>
        {newest && <DecisionCard decided={newest} found={found} />}
        <LogCard sessionId={id} log={log} />
        <Loaded query={history}>{(read) => <HistoryCards history={read} />}</Loaded>
        <ActionsCard sessionId={id} />
      </div>
    </Page>
  );
}

function About({ session }: { readonly session: Session }) {
  const {
    instance_type: type,
    availability_zone: zone,
    aws_access_key_masked: key,
    created_at: at,
  } = session;
  return (
    <>
      {type} in {zone}, with the key <code>{key}</code>, opened <RelativeTime at={at} />.
    </>
  );
}

function Deeds({ session }: { readonly session: Session }) {
  const mayEnd = useCan('sandbox:write');
  const isActive = session.status === 'active';
  return (
    <>
      {isActive && <TimeLeft until={session.expires_at} />}
      <StatusBadge of={session.status} />
      {isActive && mayEnd && <EndSession session={session} />}
    </>
  );
}

/** Instead of the form, where nothing can be evaluated any more. */
function OverCard({ session: { status, end_reason: reason, ended_at: at } }: { readonly session: Session }) {
  const mayOpen = useCan('sandbox:write');
  if (status === 'active') return <Card title="Evaluate">Your role watches, and evaluates nothing.</Card>;
  return (
    <Card title="This session is over" about={at !== null && <RelativeTime at={at} />}>
      <div className="stack">
        <p>{endInWords(reason)} Its keys are wiped. What was decided, its log and its savings stay.</p>
        {mayOpen && (
          <div className="row">
            <LinkButton to="/sandboxes/new">Open another</LinkButton>
          </div>
        )}
      </div>
    </Card>
  );
}
