import type { components } from '../../api/client';

export type Session = components['schemas']['SandboxSessionDto'];
export type Evaluation = components['schemas']['EvaluationDto'];
export type Candidate = components['schemas']['CandidateDto'];
export type Decision = Evaluation['decision'];

export const SESSIONS = ['sandbox', 'sessions'] as const;
export const SAVINGS = ['sandbox', 'savings'] as const;
export const sessionKey = (id: string) => ['sandbox', 'session', id] as const;
export const historyKey = (id: string) => ['sandbox', 'history', id] as const;
