/** The module of a judging thread (judging.ts). */
import { serveJobs } from '../threads/serve.ts';
import { AttestationJudge, type AttestationVerdicts } from './attestations.ts';
import type { JudgeJob } from './judging.ts';

// The library parses by trying, and nobody looks at where it failed: making the traces is a tenth of its time.
Error.stackTraceLimit = 0;

const judges = new Map<string, AttestationJudge>();

serveJobs<JudgeJob, AttestationVerdicts>(({ id, trust, subject, answer }) => {
  const judge = judges.get(id) ?? new AttestationJudge(trust);
  judges.set(id, judge);
  return judge.judge(subject, answer);
});
