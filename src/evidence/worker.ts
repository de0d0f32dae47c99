/** The module of a judging thread (judging.ts). */
import { serveJobs } from '../threads/serve.ts';
import { AttestationJudge, type AttestationVerdicts } from './attestations.ts';
import type { JudgeJob } from './judging.ts';

const judges = new Map<string, AttestationJudge>();

serveJobs<JudgeJob, AttestationVerdicts>(({ id, trust, subject, answer }) => {
  const judge = judges.get(id) ?? new AttestationJudge(trust);
  judges.set(id, judge);
  return judge.judge(subject, answer);
});
