/** This room's ledger entries in plain words. */
type Leaf = { data?: unknown; about: Readonly<Record<string, string>> }

export const ledgerEvents: Readonly<Record<string, (leaf: Leaf) => string>> = {
  'policy.adopted': (leaf) => {
    const { version, fromDay } = (leaf.data ?? {}) as { version?: string; fromDay?: string }
    return `The policy version of ${version ?? 'an unknown day'} was adopted${fromDay ? `, to decide by from ${fromDay}` : ''}.`
  },
  'policy.revised': (leaf) => {
    const { version, revision } = (leaf.data ?? {}) as { version?: string; revision?: string }
    return `The policy version of ${version ?? 'an unknown day'} was written out more fully as revision ${revision ?? '?'}; the document is the same.`
  },
}
