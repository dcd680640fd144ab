import {
  PINNED_IMAGE,
  NAME,
  COMPONENT,
  API_LABELS,
  KINDS,
  at,
  listAt,
  manifestFiles,
  manifests,
  manifest,
  configuration,
} from './deployment-files.js';

describe('Kubernetes manifests', () => {
  const deployment = manifest('Deployment');
  const job = manifest('Job');
  const container = at(deployment, 'spec.template.spec.containers.0');

  test('are of known kinds and versions, in the one namespace', () => {
    for (const one of manifests) {
      const kind = String(at(one, 'kind'));
      expect([kind, at(one, 'apiVersion')]).toEqual([kind, KINDS[kind]]);
      if (kind === 'Kustomization') expect(at(one, 'namespace')).toBe('cloudkeep');
      else expect(at(one, kind === 'Namespace' ? 'metadata.name' : 'metadata.namespace')).toBe('cloudkeep');
    }
  });

  test('kustomization.yaml lists each file but the examples and the Job that is created, not applied', () => {
    const applied = manifestFiles.filter(
      (file) => !file.endsWith('.example.yaml') && file !== 'migration-job.yaml',
    );
    expect([...listAt(manifest('Kustomization'), 'resources')].sort()).toEqual(applied.sort());
    expect(at(job, 'metadata.generateName')).toBeDefined();
    expect(at(manifest('Kustomization'), 'images.0.name')).toBe(String(at(container, 'image')).split(':')[0]);
  });

  test('every selector finds the pods of the Deployment, and none finds those of the Job', () => {
    const pods = at(deployment, 'spec.template.metadata.labels');
    expect(pods).toEqual(API_LABELS);
    expect(at(job, 'spec.template.metadata.labels')).toEqual({
      [NAME]: 'cloudkeep',
      [COMPONENT]: 'migration',
    });
    const selectors = [
      at(deployment, 'spec.selector.matchLabels'),
      at(manifest('PodDisruptionBudget'), 'spec.selector.matchLabels'),
      at(manifest('Service'), 'spec.selector'),
      ...listAt(deployment, 'spec.template.spec.topologySpreadConstraints').map((one) =>
        at(one, 'labelSelector.matchLabels'),
      ),
    ];
    for (const selector of selectors) expect(selector).toEqual(pods);
  });

  test('ports agree from the ingress through the service to the app', () => {
    expect(listAt(container, 'ports')).toEqual([{ name: 'http', containerPort: 8000, protocol: 'TCP' }]);
    expect(configuration().PORT).toBe('8000');
    expect(at(manifest('Service'), 'spec.ports.0')).toMatchObject({ name: 'http', targetPort: 'http' });
    expect(at(manifest('Ingress'), 'spec.rules.0.http.paths.0.backend.service')).toEqual({
      name: at(manifest('Service'), 'metadata.name'),
      port: { name: 'http' },
    });
    expect(new URL(configuration().PUBLIC_URL ?? '').host).toBe(at(manifest('Ingress'), 'spec.rules.0.host'));
  });

  test('probes ask the right question: alive or ready', () => {
    const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) =>
      at(container, `${probe}.httpGet`),
    );
    expect(probes).toEqual(
      ['/health/live', '/health/live', '/health/ready'].map((path) => ({ path, port: 'http' })),
    );
    const startup =
      Number(at(container, 'startupProbe.failureThreshold')) *
      Number(at(container, 'startupProbe.periodSeconds'));
    expect(Number(at(deployment, 'spec.progressDeadlineSeconds'))).toBeGreaterThan(startup);
  });

  test('a pod that goes is given the time it needs, and none goes before its successor is ready', () => {
    const grace = Number(at(deployment, 'spec.template.spec.terminationGracePeriodSeconds'));
    const preStop = Number(at(container, 'lifecycle.preStop.sleep.seconds'));
    expect(grace).toBeGreaterThan(preStop + Number(configuration().SHUTDOWN_GRACE_SECONDS));
    expect(at(deployment, 'spec.strategy.rollingUpdate.maxUnavailable')).toBe(0);
  });

  test('scaling: two replicas at least, and no more than the database has connections for', () => {
    const hpa = manifest('HorizontalPodAutoscaler');
    const { apiVersion, kind, metadata } = deployment as {
      apiVersion: string;
      kind: string;
      metadata: { name: string };
    };
    expect(at(hpa, 'spec.scaleTargetRef')).toEqual({ apiVersion, kind, name: metadata.name });
    expect(at(deployment, 'spec.replicas')).toBe(at(hpa, 'spec.minReplicas'));
    expect(Number(at(hpa, 'spec.minReplicas'))).toBeGreaterThanOrEqual(2);
    const most =
      Number(at(hpa, 'spec.maxReplicas')) + Number(at(deployment, 'spec.strategy.rollingUpdate.maxSurge'));
    expect(most * Number(configuration().DATABASE_POOL_SIZE)).toBeLessThanOrEqual(90);
    expect(at(manifest('PodDisruptionBudget'), 'spec.maxUnavailable')).toBe(1);
  });

  test.each([['Deployment'], ['Job']])(
    "%s's pod fits the restricted profile and a read-only root",
    (kind) => {
      const pod = at(manifest(kind), 'spec.template.spec');
      const only = at(pod, 'containers.0');
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(at(only, 'securityContext')).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(at(only, 'resources.limits.memory')).toBeDefined();
      expect(at(only, 'image')).toBe(at(container, 'image'));
      expect(at(only, 'image')).toMatch(PINNED_IMAGE);
      expect(listAt(only, 'volumeMounts').map((mount) => at(mount, 'mountPath'))).toEqual([
        configuration().DATA_DIR,
        '/tmp',
      ]);
      expect(listAt(pod, 'volumes').every((volume) => at(volume, 'emptyDir.sizeLimit') !== undefined)).toBe(
        true,
      );
      expect(at(only, 'envFrom')).toEqual([
        { configMapRef: { name: at(manifest('ConfigMap'), 'metadata.name') } },
        { secretRef: { name: at(manifest('Secret'), 'metadata.name') } },
      ]);
      expect(at(manifest('Namespace'), 'metadata.labels')).toMatchObject({
        'pod-security.kubernetes.io/enforce': 'restricted',
      });
    },
  );

  test('the network is closed but for callers, DNS, the databases, HTTPS and mail', () => {
    const [deny, ingress, egress] = manifests.filter((one) => at(one, 'kind') === 'NetworkPolicy');
    expect(at(deny, 'spec')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(at(ingress, 'spec.podSelector.matchLabels')).toEqual(API_LABELS);
    expect(at(ingress, 'spec.ingress.0.ports')).toEqual([{ protocol: 'TCP', port: 'http' }]);
    expect(at(egress, 'spec.podSelector.matchLabels')).toEqual({ [NAME]: 'cloudkeep' });
    const ports = listAt(egress, 'spec.egress').flatMap((rule) =>
      listAt(rule, 'ports').map((port) => at(port, 'port')),
    );
    expect(ports).toEqual([53, 53, 5432, 6379, 4318, 443, 465, 587]);
    expect(at(egress, 'spec.egress.2.to.0.ipBlock.except')).toContain('169.254.0.0/16');
  });
});
