/**
 * By what each control is counted. `uses`: kinds of ledger entries that show it at work (`kind:cause` for one cause of
 * them). `breaches`: kinds that show that it did not hold. Refusals are counted by the clause and the rule that said no,
 * so they need no line here but `rules`: rules that belong to a control without being all of it.
 * A control without a line is one whose work leaves no entry of its own; the policy page says that it isn't counted.
 */
export type ControlCounts = {
  readonly uses?: readonly string[]
  readonly breaches?: readonly string[]
  readonly rules?: readonly string[]
}

const viewings = ['viewing.opened', 'viewing.live-opened'] as const

export const controlCounts: Readonly<Record<string, ControlCounts>> = {
  'purpose.listed': { uses: ['deployment.proposed', 'deployment.revised'] },
  'purpose.reason': { uses: ['deployment.proposed', 'deployment.revised'] },
  'assess.dpia-first': { uses: ['dpia.accepted'] },
  'assess.questions': { uses: ['dpia.submitted'] },
  'assess.reopened-by-change': { uses: ['deployment.revised'] },
  'authorisation.kinds-of-the-policy': { uses: ['deployment.proposed'], rules: ['type-known'] },
  'authorisation.named-approvers': { uses: ['approval.given', 'approval.refused', 'approval.deferred'] },
  'authorisation.two-approvers': { uses: ['approval.given'] },
  'authorisation.not-the-asker': { uses: ['approval.given'] },
  'authorisation.going-on-needs-approval': { uses: ['deployment.ended:extended'] },
  'home.agreement': { uses: ['agreement.recorded', 'agreement.withdrawn'] },
  'install.site-checklist': { uses: ['checklist.answered'] },
  'install.signs': { uses: ['sign.placed'], breaches: ['sign.missing'] },
  'install.reference-picture': { uses: ['reference.accepted', 'reference.refused'] },
  'install.changed-view-stops': { uses: ['mandate.ended:gate-reopened'] },
  'recording.only-under-mandate': { uses: ['mandate.issued', 'mandate.renewed'] },
  'recording.stops-at-expiry': { uses: ['mandate.ended:expired'] },
  'recording.ends-when-withdrawn': {
    uses: ['mandate.ended:withdrawn', 'mandate.ended:agreement-withdrawn', 'mandate.ended:stopped'],
  },
  'recording.removal-task': { uses: ['deployment.removed'] },
  'recording.sealed': { uses: ['reel.closed'], breaches: ['reel.missing'] },
  'recorder.only-enrolled': { uses: ['recorder.enrolled', 'recorder.revoked'] },
  'viewing.reason-first': { uses: viewings },
  'viewing.case': { uses: viewings },
  'viewing.purpose-listed': { uses: viewings },
  'viewing.roles-only': { uses: viewings },
  'viewing.logged': { uses: [...viewings, 'viewing.served'] },
  'live.own-right': { uses: ['viewing.live-opened'] },
  'retention.at-most': { uses: ['footage.expired'] },
  'retention.never-longer': { uses: ['footage.expired'] },
  'retention.hold-with-an-end': { uses: ['hold.placed', 'hold.ended'] },
  'exhibit.held-for-a-case': { uses: ['exhibit.made'] },
  'evidence.checkable': { uses: ['disclosure.packed'] },
  'disclosure.recipient-and-basis': { uses: ['disclosure.made'] },
  'disclosure.necessity': { uses: ['disclosure.made'] },
  'disclosure.dpo-told': { uses: ['disclosure.made', 'disclosure.seen'] },
  'disclosure.logged': { uses: ['disclosure.made'] },
  'people.roles-only': { rules: ['able', 'able-or-administrator'] },
  'register.kept': { uses: ['site.added', 'site.changed', 'camera.added', 'camera.changed', 'system.added'] },
  'ledger.unchangeable': { breaches: ['ledger.disputed', 'ledger.resumed'] },
  'policy.as-adopted': { uses: ['policy.adopted', 'policy.revised'] },
  'policy.review-due': { uses: ['policy.reviewed'] },
  'policy.consulted': {
    uses: ['policy.consultation-opened', 'policy.answered', 'policy.consultation-summed-up'],
  },
  'policy.published': { uses: ['policy.published'] },
  'policy.translated': { uses: ['policy.translated'] },
  'adjustment.kept-once': { uses: ['adjustment.recorded', 'adjustment.erased'] },
  'library.at-the-step': { uses: ['library.added'] },
  'library.review-due': { uses: ['library.reviewed', 'library.added'] },
  'standards.register': { uses: ['standard.changed', 'standard.checked'] },
}
