import { tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table';
import { useMemo, type ReactNode } from 'react';
import { Button } from './button';
import { classes } from './classes';
import { ErrorState, Loading } from './states';
import { ProblemNotice } from './problem-notice';
import type { Pages } from './use-pages';

const features = tableFeatures({});

export interface Column<Row> {
  /** Also what a narrow screen shows beside each cell. */
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly kind?: 'number' | 'actions';
}

interface DataTableProps<Row> {
  /** What the table is of, for those who can not see it. */
  readonly label: string;
  /** At module scope, or memoised. */
  readonly columns: readonly Column<Row>[];
  readonly pages: Pages<Row>;
  readonly idOf: (row: Row) => string;
  /** Instead of a table without rows. */
  readonly empty: ReactNode;
}

/** A list of the API as a table that grows by the page. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  return (
    <Paged pages={props.pages} empty={props.empty}>
      {(rows) => <Rows {...props} rows={rows} />}
    </Paged>
  );
}

interface PagedProps<Row> extends Pick<DataTableProps<Row>, 'pages' | 'empty'> {
  readonly children: (rows: Row[]) => ReactNode;
}

/** A list of the API that grows by the page, drawn as its children say. */
export function Paged<Row>({ pages, empty, children }: PagedProps<Row>) {
  const rows = useMemo(() => pages.data?.pages.flatMap(({ items }) => items), [pages.data]);
  const retry = () => void pages.refetch();
  if (rows === undefined) {
    return pages.isError ? <ErrorState error={pages.error} retry={retry} /> : <Loading retry={retry} />;
  }
  if (rows.length === 0) return empty;
  return (
    <>
      {children(rows)}
      <More pages={pages} count={rows.length} />
    </>
  );
}

function Rows<Row>({ label, columns, idOf, rows }: DataTableProps<Row> & { readonly rows: Row[] }) {
  const table = useTable({
    features,
    data: rows as object[],
    columns: useMemo(() => columns.map((column, index) => definitionOf(column, index)), [columns]),
    getRowId: (row) => idOf(row as Row),
  });
  return (
    <div className="table-frame">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ header, kind }) => (
              <th key={header} scope="col" className={classes(kind)}>
                {kind === 'actions' ? <span className="hidden-visually">{header}</span> : header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {row.getAllCells().map((cell, index) => (
                <td
                  key={cell.id}
                  className={classes(columns[index]?.kind)}
                  data-label={columns[index]?.header}
                >
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function definitionOf<Row>({ header, cell }: Column<Row>, index: number): ColumnDef<typeof features, object> {
  return { id: String(index), header, cell: ({ row }) => cell(row.original as Row) };
}

function More<Row>({ pages, count }: { readonly pages: Pages<Row>; readonly count: number }) {
  return (
    <div className="table-more">
      <span role="status">{pages.hasNextPage ? `${count} shown, there are more` : `${count} in all`}</span>
      {pages.isFetchNextPageError && <ProblemNotice error={pages.error} />}
      {pages.hasNextPage && (
        <Button small busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Load more
        </Button>
      )}
    </div>
  );
}
