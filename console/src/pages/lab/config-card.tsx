import { api } from '../../api/client';
import { Button } from '../../components/button';
import { CheckField, TextField } from '../../components/field';
import { Form, useApiForm, type ApiForm } from '../../components/form';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { instanceKey, type Config } from './keys';

interface Props {
  readonly instanceId: string;
  readonly config: Config;
  readonly configuredAt: string | null;
  readonly mayWrite: boolean;
}

const SWITCHES = {
  hardware_filter: 'Hardware filter',
  right_sizing: 'Right sizing',
  interruption_filter: 'Interruption filter',
  safety_gate: 'Safety gate',
  bin_packing: 'Bin packing',
} as const;
type Switch = keyof typeof SWITCHES;

const NUMBERS = {
  max_factor: { label: 'Right sizing: times the vCPUs needed, at most', least: 1, most: 64 },
  max_rate: { label: 'Interruption filter: share interrupted in a month, at most', least: 0, most: 1 },
  max_crash_probability: { label: 'Safety gate: crash probability, at most', least: 0, most: 1 },
  switch_margin: { label: 'Decision: yield points ahead before it moves', least: 0, most: 100 },
} as const;
type Limit = keyof typeof NUMBERS;

type Typed = Record<Switch, boolean> & Record<Limit, string>;

/** The stages an instance uses, and where their limits are. */
export function ConfigCard({ instanceId, config, configuredAt, mayWrite }: Props) {
  const refresh = useRefresh(instanceKey(instanceId));
  const save = async (body: Config) => {
    const params = { path: { instance_id: instanceId } };
    await api.PUT('/api/v1/lab/config/{instance_id}', { params, body });
    await refresh();
  };
  const form = useApiForm<Typed>(typedOf(config), async (typed) => {
    await save(configOf(typed));
    toasts.undoable('The pipeline is saved.', () => save(config));
  });
  const about =
    configuredAt === null ? (
      'As by default.'
    ) : (
      <>
        Changed <RelativeTime at={configuredAt} />.
      </>
    );
  return (
    <Card title="Pipeline" about={about}>
      <Form of={form}>
        <Stages form={form} mayWrite={mayWrite} />
        {mayWrite && (
          <div className="row end">
            <Button type="submit" variant="primary" busy={form.busy}>
              Save the pipeline
            </Button>
          </div>
        )}
      </Form>
    </Card>
  );
}

function Stages({
  form: { field },
  mayWrite,
}: {
  readonly form: ApiForm<Typed>;
  readonly mayWrite: boolean;
}) {
  return (
    <>
      {(Object.keys(SWITCHES) as Switch[]).map((name) => {
        const { error: _, ...check } = field(name);
        return <CheckField key={name} label={SWITCHES[name]} disabled={!mayWrite} {...check} />;
      })}
      <CheckField
        label="Reactive override"
        description="A warning of the cloud is always acted on."
        checked
        disabled
        readOnly
      />
      {(Object.keys(NUMBERS) as Limit[]).map((name) => {
        const { label, least, most } = NUMBERS[name];
        const validate = (typed: unknown) => within(typed, least, most) || `From ${least} to ${most}.`;
        return (
          <TextField
            key={name}
            label={label}
            inputMode="decimal"
            readOnly={!mayWrite}
            {...field(name, { validate })}
          />
        );
      })}
    </>
  );
}

const within = (typed: unknown, least: number, most: number) =>
  typed !== '' && Number(typed) >= least && Number(typed) <= most;

function typedOf(config: Config): Typed {
  return {
    hardware_filter: config.hardware_filter?.enabled ?? true,
    right_sizing: config.right_sizing?.enabled ?? false,
    interruption_filter: config.interruption_filter?.enabled ?? true,
    safety_gate: config.safety_gate?.enabled ?? true,
    bin_packing: config.bin_packing?.enabled ?? true,
    max_factor: String(config.right_sizing?.max_factor ?? ''),
    max_rate: String(config.interruption_filter?.max_rate ?? ''),
    max_crash_probability: String(config.safety_gate?.max_crash_probability ?? ''),
    switch_margin: String(config.decision?.switch_margin ?? ''),
  };
}

function configOf(typed: Typed): Config {
  return {
    hardware_filter: { enabled: typed.hardware_filter },
    right_sizing: { enabled: typed.right_sizing, max_factor: Number(typed.max_factor) },
    interruption_filter: { enabled: typed.interruption_filter, max_rate: Number(typed.max_rate) },
    safety_gate: {
      enabled: typed.safety_gate,
      max_crash_probability: Number(typed.max_crash_probability),
    },
    bin_packing: { enabled: typed.bin_packing },
    decision: { switch_margin: Number(typed.switch_margin) },
    reactive_override: { enabled: true },
  };
}
