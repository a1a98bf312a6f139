/** Ledger entries of this room in plain words. */
type Leaf = { data?: unknown; about: Readonly<Record<string, string>> }

const causes: Readonly<Record<string, string>> = {
  expired: 'its time was over',
  withdrawn: 'an approver withdrew it',
  stopped: 'somebody stopped it',
  'agreement-withdrawn': 'the resident withdrew their agreement',
  refused: 'the approval was refused',
  extended: 'a fresh approval took over',
  replaced: 'another mandate took its place',
  'reference-taken': 'the reference picture was taken',
  'gate-reopened': 'something that it stood on no longer held',
}
/** "its time was over" for a cause code, to go after "because". */
export const causeWords = (cause: string): string => causes[cause] ?? cause

export const ledgerEvents: Readonly<Record<string, (leaf: Leaf) => string>> = {
  'deployment.proposed': (l) =>
    `Camera ${text(l, 'reference')} was proposed under policy ${text(l, 'policy')}.`,
  'deployment.revised': (l) =>
    `A proposal was changed (version ${text(l, 'version')}), so assessment and approval are asked for again.`,
  'dpia.submitted': (l) =>
    `Data protection impact assessment version ${text(l, 'version')} was sent to the DPO.`,
  'dpia.accepted': (l) => `Data protection impact assessment version ${text(l, 'version')} was accepted.`,
  'dpia.returned': (l) =>
    `Data protection impact assessment version ${text(l, 'version')} was returned with reasons.`,
  'approval.given': (l) => `A camera was approved in the role ${text(l, 'role')}.`,
  'approval.refused': (l) => `A camera was refused in the role ${text(l, 'role')}.`,
  'approval.deferred': (l) => `A decision on a camera was put off in the role ${text(l, 'role')}.`,
  'agreement.recorded': (l) => `A resident’s agreement of ${text(l, 'day')} was recorded.`,
  'agreement.withdrawn': () => 'A resident withdrew their agreement.',
  'checklist.answered': () => 'The site checklist was filled in.',
  'reference.taken': () => 'The reference picture was taken under a commissioning mandate.',
  'reference.seen': () => 'Somebody looked at a reference picture, to check the installation.',
  'reference.accepted': () => 'The reference picture was found to show only what was agreed.',
  'reference.refused': () => 'The reference picture was refused and has to be taken again.',
  'mandate.issued': (l) =>
    `${l.data && text(l, 'class') === 'commissioning' ? 'A commissioning mandate' : 'A mandate'} was signed, number ${text(l, 'counter')}, until ${instant(l, 'untilMs')}.`,
  'mandate.renewed': (l) =>
    `A mandate was renewed, number ${text(l, 'counter')}, until ${instant(l, 'untilMs')}.`,
  'mandate.ended': (l) =>
    `A mandate ended at ${instant(l, 'endedMs')} because ${causeWords(text(l, 'cause'))}.`,
  'deployment.stopped': (l) => `Camera ${text(l, 'reference')} was stopped.`,
  'deployment.resumed': (l) => `Camera ${text(l, 'reference')} was let go on after a stop.`,
  'deployment.ended': (l) =>
    `The authority for camera ${text(l, 'reference')} ended because ${causeWords(text(l, 'cause'))}.`,
  'deployment.removed': (l) => `Camera ${text(l, 'reference')} was taken down.`,
}

function text(leaf: Leaf, key: string): string {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[key]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'not stated'
}

function instant(leaf: Leaf, key: string): string {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[key]
  return typeof value === 'number'
    ? `${new Date(value).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    : 'not stated'
}
