/** This room's ledger entries in plain words. */

import { inSentence, writtenPoints } from '#policy/policy.ts'
import { dayWords, momentWords } from '#web/web.ts'

type Leaf = { data?: unknown; about: Readonly<Record<string, string>> }

const text = (leaf: Leaf, name: string): string => {
  const value = (leaf.data as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
const dayOr = (day: string): string =>
  /^\d{4}-\d{2}-\d{2}$/.test(day) ? dayWords(day) : day || 'an unknown day'
const moment = (leaf: Leaf, name: string): string => {
  const ms = Number(text(leaf, name))
  return Number.isFinite(ms) && ms > 0 ? momentWords(ms) : 'a time that is not known'
}

const outcomes: Readonly<Record<string, string>> = {
  stays: 'it stays as it is',
  'to-change': 'it is to be changed',
  changed: 'it was changed',
}
const channels: Readonly<Record<string, string>> = {
  website: 'on the public page',
  intranet: 'on the intranet',
  staff: 'to staff',
}

export const ledgerEvents: Readonly<Record<string, (leaf: Leaf) => string>> = {
  'policy.adopted': (leaf) => {
    const { version, fromDay } = (leaf.data ?? {}) as { version?: string; fromDay?: string }
    return `The policy version of ${version ?? 'an unknown day'} was adopted${fromDay ? `, to decide by from ${fromDay}` : ''}.`
  },
  'policy.revised': (leaf) => {
    const { version, revision } = (leaf.data ?? {}) as { version?: string; revision?: string }
    return `The policy version of ${version ?? 'an unknown day'} was written out more fully as revision ${revision ?? '?'}; the document is the same.`
  },
  'policy.reviewed': (leaf) =>
    `The policy was looked at again: ${outcomes[text(leaf, 'outcome')] ?? text(leaf, 'outcome')}. Next by ${dayOr(text(leaf, 'nextReview'))}.`,
  'policy.word-given': (leaf) =>
    text(leaf, 'kind') === 'approved'
      ? `The policy of ${dayOr(text(leaf, 'version'))} was approved on ${dayOr(text(leaf, 'givenOn'))}.`
      : `What came of looking at the policy again was shown on ${dayOr(text(leaf, 'givenOn'))} to those who watch over it.`,
  'policy.published': (leaf) =>
    `The policy of ${dayOr(text(leaf, 'version'))} was made known ${channels[text(leaf, 'channel')] ?? ''}.`,
  'policy.unpublished': (leaf) =>
    `The policy is no longer made known ${channels[text(leaf, 'channel')] ?? ''}.`,
  'policy.translated': (leaf) => `A translation of the policy (${text(leaf, 'language')}) was kept.`,
  'policy.consultation-opened': (leaf) =>
    `People are asked about the policy, from ${moment(leaf, 'opensMs')} to ${moment(leaf, 'closesMs')}.`,
  'policy.answered': (leaf) =>
    `Somebody answered about the policy${text(leaf, 'heardBy') === 'web' ? '' : '; it came by letter or by word of mouth'}.`,
  'policy.consultation-summed-up': (leaf) =>
    `What came of asking about the policy was told (${text(leaf, 'answers')} answers).`,
  'policy.answer-erased': () =>
    'The words of one answer about the policy were erased; the answer still counts.',
  'policy.format-asked': () => 'Somebody asked for the policy in another language or form.',
  'policy.format-given': () =>
    'Somebody who asked for the policy in another language or form has it; what they wrote was erased.',
  'library.added': () => 'A paper was put into the library.',
  'library.renewed': (leaf) => `A paper of the library has a newer version, number ${text(leaf, 'version')}.`,
  'library.reviewed': (leaf) =>
    `A paper of the library was read again and found right, until ${dayOr(text(leaf, 'reviewOn'))}.`,
  'library.link-dead': () => 'A link of the library was found to lead nowhere.',
  'library.retired': () => 'A paper was taken out of the library.',
  'standard.changed': (leaf) =>
    `The register of standards was changed: ${leaf.about['standard'] ?? 'one of them'}.`,
  'standard.checked': (leaf) =>
    `Policy and controls were checked against a standard: ${leaf.about['standard'] ?? 'one of them'}.`,
  'adjustment.recorded': () => 'What a person needs to read or hear from us was recorded.',
  'adjustment.changed': () => 'What a person needs to read or hear from us was changed.',
  'adjustment.erased': () => 'What was kept of a person’s needs was erased.',
  'policy.point-decided': (leaf) => {
    const { key, value } = (leaf.data ?? {}) as { key?: string; value?: string }
    const label = writtenPoints.find((point) => point.key === key)?.label ?? key ?? 'a point of the policy'
    return `The landlord decided what its policy leaves open: ${inSentence(label)}${value ? ` (${value})` : ''}.`
  },
  'provider.joined-group': () => 'A landlord joined its group: it decides by the group’s policy from now on.',
  'policy.took-effect': (leaf) => {
    const { version, previous, differences, cameras } = (leaf.data ?? {}) as Record<string, string>
    return `The policy version of ${version} took the place of that of ${previous}: ${differences} differences. ${cameras} authorities go on under the version they were made under.`
  },
  'policy.difference-seen': (leaf) => {
    const { version } = (leaf.data ?? {}) as Record<string, string>
    return `Somebody responsible saw to a difference that the policy version of ${version} brought.`
  },
}
