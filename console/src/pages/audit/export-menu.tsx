import { Download } from 'lucide-react';
import { api } from '../../api/client';
import { keep } from '../../api/keep';
import { Menu, MenuItem } from '../../components/menu';
import { useChange } from '../../components/use-change';
import type { Filtered } from './entry';

async function download(format: 'ndjson' | 'csv', filters: Filtered): Promise<void> {
  await api.GET('/api/v1/audit/logs', { params: { query: { limit: 1, ...filters } } });
  keep(`/api/v1/audit/logs/export?${new URLSearchParams({ ...filters, format })}`);
}

export function ExportMenu({ filters }: { readonly filters: Filtered }) {
  const change = useChange((format: 'ndjson' | 'csv') => download(format, filters), {
    refresh: [],
    done: 'The download begins; it holds what the filters leave.',
  });
  return (
    <Menu
      label="Export"
      button={
        <>
          <Download className="icon" /> Export
        </>
      }
    >
      <MenuItem onClick={() => change.mutate('ndjson')}>NDJSON, to verify offline</MenuItem>
      <MenuItem onClick={() => change.mutate('csv')}>CSV, for spreadsheets</MenuItem>
    </Menu>
  );
}
