import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState, Loading } from './states';

/** What a query brought, or what there is to say until it has, or because it has not. */
export function Loaded<Data>({
  query,
  label,
  children,
}: {
  readonly query: UseQueryResult<Data>;
  readonly label?: string;
  readonly children: (data: Data) => ReactNode;
}) {
  const retry = () => void query.refetch({ cancelRefetch: true });
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} retry={retry} />;
  return <Loading key={query.failureCount} {...(label && { label })} retry={retry} />;
}
