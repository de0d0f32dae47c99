/** The headings that every report of an audit has, in their order (design, section 1). */
export const QUESTIONS = {
  vulnerable: 'What failures are we vulnerable to?',
  against: 'Redundant against what?',
  changes: 'What is worse than in the baseline?',
  fleet: 'What does it mean for the fleet?',
  witness: 'How does it get there?',
  history: 'How did it get here?',
  matter: 'Which matter most?',
  act: 'What do we do about them?',
  trust: 'What did this run trust?',
  skipped: 'What was skipped, and what needs a look',
} as const;
