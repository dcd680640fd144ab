import { useState } from 'react';
import { useLocation } from 'react-router';

/** The secret of a mailed link, from the part of the address that browsers send to no server. */
export function useToken(): string | null {
  const { hash } = useLocation();
  const [token] = useState(() => new URLSearchParams(hash.slice(1)).get('token'));
  return token === '' ? null : token;
}
