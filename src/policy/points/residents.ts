/** Points about residents: their own cameras, what they hand in, and what they complain about. */
import type { Point } from '../points.ts'

export const residents: readonly Point[] = [
  {
    key: 'resident.permission_required',
    label: 'Permission for a resident’s own camera',
    type: { kind: 'choice', of: ['written', 'yes', 'out-of-scope'] },
    silence: {
      uses: null,
      why: 'What its tenancies ask of residents is for the landlord to say.',
      before: 'no-camera',
      does: 'It is kept for residents’ own cameras, which Overt does not handle yet.',
      waitsFor: 'I1',
    },
  },
  {
    key: 'resident.reviewers',
    label: 'Who decides about a resident’s camera',
    type: { kind: 'many', of: ['housing', 'repairs', 'out-of-scope'] },
    silence: {
      uses: null,
      why: 'Who decides is for the landlord to say.',
      before: 'no-camera',
      does: 'It is kept for residents’ own cameras, which Overt does not handle yet.',
      waitsFor: 'I1',
    },
  },
  {
    key: 'resident.outcomes',
    label: 'What the answer to a resident may be',
    type: { kind: 'many', of: ['approved', 'refused', 'deferred', 'withdrawn', 'out-of-scope'] },
    silence: {
      uses: ['approved', 'refused'],
      why: 'A yes or a no, each with its reason.',
      waitsFor: 'I1',
    },
  },
  {
    key: 'resident.decision_deadline',
    label: 'Days until a resident is answered',
    type: { kind: 'days' },
    silence: {
      uses: null,
      why: 'No policy gives one; people need to know when they will hear.',
      before: 'no-camera',
      does: 'It is kept for residents’ own cameras, which Overt does not handle yet.',
      waitsFor: 'I1',
    },
  },
  {
    key: 'resident.audio',
    label: 'A resident’s camera that hears',
    type: { kind: 'choice', of: ['unlikely', 'neutral', 'out-of-scope'] },
    silence: {
      uses: 'unlikely',
      why: 'Sound takes in more than pictures do.',
      waitsFor: 'I2',
    },
  },
  {
    key: 'resident.vulnerability',
    label: 'A resident at risk who asks for a camera',
    type: { kind: 'choice', of: ['weighed', 'case-by-case', 'out-of-scope'] },
    silence: {
      uses: 'weighed',
      why: 'Whom it protects belongs to a fair decision.',
      waitsFor: 'I2',
    },
  },
  {
    key: 'resident.dispute_action',
    label: 'When a resident’s camera is part of a quarrel',
    type: { kind: 'many', of: ['reposition', 'remove', 'withdraw-permission', 'asb-policy', 'out-of-scope'] },
    silence: {
      uses: null,
      why: 'What it may ask of a resident is for the landlord to say.',
      before: 'no-camera',
      does: 'It is kept for residents’ own cameras, which Overt does not handle yet.',
      waitsFor: 'I1',
    },
  },
  {
    key: 'resident.footage_intake',
    label: 'Footage that residents hand in',
    type: { kind: 'choice', of: ['voluntary-and-shared', 'data-protection-policy'] },
    silence: {
      uses: null,
      why: 'What it does with footage that residents bring is for the landlord to say.',
      before: 'no-camera',
      does: 'It is kept for footage that residents hand in, which Overt does not take yet.',
      waitsFor: 'I4',
    },
  },
  {
    key: 'complain.about_resident_device',
    label: 'Complaints about another resident’s camera',
    type: { kind: 'choice', of: ['refer-to-regulator', 'handle', 'out-of-scope'] },
    silence: {
      uses: null,
      why: 'Whether it takes such a complaint is for the landlord to say.',
      before: 'no-camera',
      does: 'It is kept for complaints, which Overt does not handle yet.',
      waitsFor: 'K7',
    },
  },
  {
    key: 'complain.about_provider_system',
    label: 'Complaints about the landlord’s cameras',
    type: {
      kind: 'choice',
      of: ['counted-and-learned-from', 'contact-point', 'complaints-procedure', 'worked-through'],
    },
    silence: {
      uses: 'complaints-procedure',
      why: 'Every landlord has one (Housing Ombudsman’s code).',
      waitsFor: 'K7',
    },
  },
  {
    key: 'resident.responsibility_disclaimer',
    label: 'Who answers for a resident’s camera',
    type: { kind: 'choice', of: ['resident-answers'] },
    silence: {
      uses: null,
      why: 'Whether to say so is for the landlord.',
      before: 'no-camera',
      does: 'It is kept for residents’ own cameras, which Overt does not handle yet.',
      waitsFor: 'I1',
    },
  },
]
