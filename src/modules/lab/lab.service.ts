import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Clock } from '../../common/time/clock.js';
import type {
  Evaluation,
  EvaluationMode,
  ModelReference,
  PipelineConfig,
  SpotInstance,
} from '../evaluation/evaluation.service.js';
import { pipelineConfigOf, PipelineConfigDto } from '../evaluation/pipeline-config.dto.js';
import { StageDto } from '../evaluation/stage.dto.js';
import { BUILT_IN_MODEL, isBuiltIn } from './built-in-model.js';
import { LabAssignmentsRepository, type CurrentAssignment } from './lab-assignments.repository.js';
import { LabConfigsRepository } from './lab-configs.repository.js';
import { LabExperimentsRepository, type ExperimentRow } from './lab-experiments.repository.js';
import { ModelFiles } from './model-files.js';

/** What an instance is evaluated with. */
export interface InstanceSettings {
  readonly config: PipelineConfig;
  readonly model: ModelReference;
  /** Absent where none is assigned, or the same as the model. */
  readonly challenger?: ModelReference;
}

/** An evaluation that was made with `settings`. */
export interface RecordedEvaluation {
  readonly organizationId: string;
  /** Of the sandbox. */
  readonly sessionId: string | null;
  readonly mode: EvaluationMode;
  readonly instance: SpotInstance;
  readonly settings: InstanceSettings;
  readonly evaluation: Evaluation;
}

/** The lab as other modules use it: what to evaluate an instance with, and where to record what came out. */
@Injectable()
export class LabService {
  constructor(
    private readonly configs: LabConfigsRepository,
    private readonly assignments: LabAssignmentsRepository,
    private readonly experiments: LabExperimentsRepository,
    private readonly files: ModelFiles,
    private readonly clock: Clock,
  ) {}

  async settingsOf(organizationId: string, instanceId: string): Promise<InstanceSettings> {
    const configured = await this.configs.find(organizationId, instanceId);
    const assigned = await this.assignments.allCurrent(organizationId, instanceId);
    const inRole = (role: string) => assigned.find((assignment) => assignment.role === role);
    const [champion, challenger] = [inRole('champion'), inRole('challenger')];
    const isOther = (champion?.model_id ?? BUILT_IN_MODEL.id) !== challenger?.model_id;
    return {
      config: pipelineConfigOf(configured?.config ?? {}),
      model: champion === undefined ? 'family-stress' : this.referenceTo(champion),
      ...(challenger === undefined || !isOther ? {} : { challenger: this.referenceTo(challenger) }),
    };
  }

  /**
   * Keeps an evaluation as an experiment, part of the caller's unit of work.
   *
   * @returns its id.
   */
  async record(recorded: RecordedEvaluation): Promise<string> {
    const row = experimentOf(recorded, this.clock.now());
    await this.experiments.insert(recorded.organizationId, row);
    return row.id;
  }

  private referenceTo({
    model_id: id,
    model_name,
    model_version,
    sha256,
  }: CurrentAssignment): ModelReference {
    if (isBuiltIn(id) || sha256 === null) return 'family-stress';
    const load = () => this.files.load(id);
    return { id, name: model_name, version: model_version, digest: sha256, load };
  }
}

function experimentOf(recorded: RecordedEvaluation, now: Date): ExperimentRow {
  const { sessionId, mode, instance, settings, evaluation } = recorded;
  return {
    id: newId(),
    created_at: now,
    session_id: sessionId,
    instance_id: instance.instanceId,
    instance_type: instance.instanceType,
    availability_zone: instance.availabilityZone,
    mode,
    ...judgesOf(settings, evaluation),
    features: {
      price_position: evaluation.features.pricePosition,
      discount_depth: evaluation.features.discountDepth,
      family_stress_mean: evaluation.features.familyStressMean,
      family_stress_max: evaluation.features.familyStressMax,
      hour: evaluation.features.hour,
      weekday: evaluation.features.weekday,
    },
    crash_probability: evaluation.crashProbability,
    max_crash_probability: settings.config.safetyGate.maxCrashProbability,
    aws_signal: evaluation.awsSignal,
    decision: evaluation.decision,
    reason: evaluation.reason,
    config: PipelineConfigDto.of(settings.config),
    stages: evaluation.stages.map((stage) => StageDto.of(stage)),
    execution_time_ms: evaluation.executionTimeMs,
    interrupted: null,
    observed_at: null,
    outcome_at: null,
  };
}

/** Where the model failed, the prediction is the built-in one's. A challenger that judged instead has no second opinion. */
function judgesOf(settings: InstanceSettings, { model, challenger }: Evaluation) {
  const failed = model.fellBackFrom;
  const judge = failed === undefined ? idOf(settings.model) : BUILT_IN_MODEL.id;
  const other = settings.challenger === undefined ? null : idOf(settings.challenger);
  const opinion = other === judge ? undefined : challenger;
  return {
    model_id: judge,
    model_name: model.name,
    model_version: model.version,
    failed_model_id: failed === undefined ? null : idOf(settings.model),
    failed_model_name: failed?.name ?? null,
    failed_model_version: failed?.version ?? null,
    failed_model_problem: failed?.problem ?? null,
    challenger_id: opinion === undefined ? null : other,
    challenger_name: opinion?.name ?? null,
    challenger_version: opinion?.version ?? null,
    challenger_probability: opinion?.crashProbability ?? null,
    challenger_problem: opinion?.problem ?? null,
  };
}

function idOf(reference: ModelReference): string {
  return reference === 'family-stress' ? BUILT_IN_MODEL.id : reference.id;
}
