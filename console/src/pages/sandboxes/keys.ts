import type { components } from '../../api/client';

export type Session = components['schemas']['SandboxSessionDto'];
export type Evaluation = components['schemas']['EvaluationDto'];
/** What is kept of a session's last one. */
export type Found = components['schemas']['FoundDto'];
export type Candidate = components['schemas']['CandidateDto'];
export type Decision = Evaluation['decision'];

export const SESSIONS = ['sandbox', 'sessions'] as const;
export const SAVINGS = ['sandbox', 'savings'] as const;
export const sessionKey = (id: string) => ['sandbox', 'session', id] as const;
export const evaluationKey = (id: string, actionId: string | undefined) =>
  ['sandbox', 'evaluation', id, actionId] as const;
export const historyKey = (id: string) => ['sandbox', 'history', id] as const;
