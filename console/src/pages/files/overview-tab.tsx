import { Bytes } from '../../components/bytes';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { useCan } from '../../session/session';
import { DescribeForm } from './describe-form';
import type { FileOf } from './keys';
import { Preview } from './preview';

export function OverviewTab({ file }: { readonly file: FileOf }) {
  const mayChange = useCan('files:write');
  return (
    <div className="grid halves">
      <Card title="Preview">
        <Preview file={file} />
      </Card>
      <div className="stack">
        <Card title="What is known of it">
          <Facts file={file} />
        </Card>
        {mayChange && (
          <Card title="Name and description">
            <DescribeForm file={file} />
          </Card>
        )}
      </div>
    </div>
  );
}

function Facts({ file }: { readonly file: FileOf }) {
  const { resource_type: type, resource_id: id, metadata } = file;
  return (
    <dl className="facts">
      <dt>Size</dt>
      <dd>
        <Bytes of={file.size} />
      </dd>
      <dt>Type</dt>
      <dd>{file.content_type}</dd>
      <dt>Version</dt>
      <dd>{file.version}</dd>
      <dt>Uploaded</dt>
      <dd>
        <RelativeTime at={file.created_at} />
      </dd>
      <dt>Changed</dt>
      <dd>
        <RelativeTime at={file.updated_at} />
      </dd>
      {type !== null && (
        <>
          <dt>Belongs to</dt>
          <dd>
            {type} {id}
          </dd>
        </>
      )}
      {metadata !== null && (
        <>
          <dt>Description</dt>
          <dd>
            <code>{JSON.stringify(metadata)}</code>
          </dd>
        </>
      )}
      <dt>SHA-256</dt>
      <dd>
        <code>{file.sha256}</code>
      </dd>
    </dl>
  );
}
