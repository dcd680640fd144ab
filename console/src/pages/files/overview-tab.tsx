import type { ReactNode } from 'react';
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
  const belongs = [type, id].filter(Boolean).join(' ');
  return (
    <dl className="facts">
      <Fact name="Size">
        <Bytes of={file.size} />
      </Fact>
      <Fact name="Type">{file.content_type}</Fact>
      <Fact name="Version">{file.version}</Fact>
      <Fact name="Uploaded">
        <RelativeTime at={file.created_at} />
      </Fact>
      <Fact name="Changed">
        <RelativeTime at={file.updated_at} />
      </Fact>
      {belongs !== '' && <Fact name="Belongs to">{belongs}</Fact>}
      {metadata !== null && (
        <Fact name="Metadata">
          <code>{JSON.stringify(metadata)}</code>
        </Fact>
      )}
      <Fact name="SHA-256">
        <code>{file.sha256}</code>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
