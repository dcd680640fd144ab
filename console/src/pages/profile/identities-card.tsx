import { useQuery } from '@tanstack/react-query';
import { api, type components } from '../../api/client';
import { Button } from '../../components/button';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { useChange } from '../../components/use-change';
import { returnAddress } from '../../session/elsewhere';
import { IDENTITIES } from './keys';

type Identity = components['schemas']['IdentityDto'];
type Provider = components['schemas']['ProviderDto'];

/** Other ways in; not shown where this server has none and none was ever linked. */
export function IdentitiesCard({ mayChange }: { readonly mayChange: boolean }) {
  const query = useQuery({
    queryKey: IDENTITIES,
    queryFn: async ({ signal }) => {
      const [linked, providers] = await Promise.all([
        api.GET('/api/v1/auth/identities', { signal }),
        api.GET('/api/v1/auth/providers', { signal }),
      ]);
      return { linked: linked.data.items, providers: providers.data.items };
    },
  });
  if (query.data?.linked.length === 0 && query.data.providers.length === 0) return null;
  return (
    <Card title="Sign in with others" about="Accounts elsewhere that are you here too.">
      <Loaded query={query}>
        {({ linked, providers }) => (
          <ul className="items">
            {linked.map((identity) => (
              <Linked key={identity.id} identity={identity} mayUnlink={mayChange} />
            ))}
            {mayChange &&
              providers
                .filter(({ name }) => !linked.some(({ provider }) => provider === name))
                .map((provider) => <Unlinked key={provider.name} provider={provider} />)}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

function Linked({ identity, mayUnlink }: { readonly identity: Identity; readonly mayUnlink: boolean }) {
  const { id, provider, email } = identity;
  const unlink = useChange(() => api.DELETE('/api/v1/auth/identities/{id}', { params: { path: { id } } }), {
    refresh: [IDENTITIES],
    done: `${provider} signs you in no more.`,
  });
  return (
    <li>
      <div>
        <strong>{provider}</strong>
        <p className="muted small">
          {email ?? 'no address told'}, last used <RelativeTime at={identity.last_used_at} />
        </p>
      </div>
      {mayUnlink && (
        <Button small busy={unlink.isPending} onClick={() => unlink.mutate()}>
          Unlink
        </Button>
      )}
    </li>
  );
}

function Unlinked({ provider: { name, display_name: label } }: { readonly provider: Provider }) {
  const link = useChange(
    async () => {
      const body = { provider: name, redirect_uri: returnAddress() };
      location.assign((await api.POST('/api/v1/auth/identities', { body })).data.authorize_url);
    },
    { refresh: [] },
  );
  return (
    <li>
      <span>{label}</span>
      <Button small busy={link.isPending} onClick={() => link.mutate()}>
        Link
      </Button>
    </li>
  );
}
