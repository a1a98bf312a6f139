/** Points about footage, people, residents and the policy itself. */
import type { Point } from '../points.ts'

export const government: readonly Point[] = [
  {
    key: 'view.resident_viewing',
    label: 'Residents who want to look',
    type: { kind: 'choice', of: ['own-request-only', 'by-procedure'] },
    silence: {
      uses: 'own-request-only',
      why: 'The law gives a right to one’s own data (UK GDPR Art 15), and no more.',
    },
  },
  {
    key: 'view.qualification',
    label: 'What people must hold to decide or to look',
    type: { kind: 'many', of: ['licence', 'training', 'qualification'] },
    silence: {
      uses: null,
      why: 'Which licence its work needs is for the landlord to find out (Private Security Industry Act 2001).',
      before: 'every-camera',
    },
  },
  {
    key: 'view.logging',
    label: 'Where each look is noted',
    type: { kind: 'choice', of: ['ledger', 'note-in-case-system'] },
    silence: { uses: 'ledger', why: 'Every look is in the ledger in any case.' },
  },
  {
    key: 'view.screens',
    label: 'Screens',
    type: { kind: 'many', of: ['hidden-from-public', 'limited-when-live', 'listed-only'] },
    silence: {
      uses: ['hidden-from-public', 'limited-when-live'],
      why: 'A screen that others can see shows pictures to people without a reason.',
    },
  },
  {
    key: 'disclose.police',
    label: 'When the police ask',
    type: {
      kind: 'choice',
      of: ['always-under-agreement', 'if-it-helps', 'enforcement-agencies', 'by-procedure'],
    },
    silence: { uses: 'by-procedure', why: 'A request with its need on record, like any other.' },
  },
  {
    key: 'disclose.proactive',
    label: 'Footage is shared without being asked for',
    type: { kind: 'yesno' },
    silence: { uses: false, why: 'Footage goes out when somebody asks, not before.' },
  },
  {
    key: 'disclose.media',
    label: 'When the media ask',
    type: { kind: 'choice', of: ['police-decision-and-victim', 'refused'] },
    silence: { uses: 'refused', why: 'Nobody in a picture expects to be in the news.' },
  },
  {
    key: 'disclose.medium',
    label: 'On what footage leaves',
    type: { kind: 'many', of: ['disc', 'removable-media', 'other', 'encrypted'] },
    silence: { uses: ['encrypted'], why: 'A finder should not be able to read it.' },
  },
  {
    key: 'sar.deadline',
    label: 'When people’s requests for their own data are answered',
    type: { kind: 'choice', of: ['one-calendar-month', 'as-the-law-says'] },
    silence: { uses: 'one-calendar-month', why: 'The law’s own (UK GDPR Art 12(3)).' },
  },
  {
    key: 'disclose.foi',
    label: 'Freedom of information requests are answered',
    type: { kind: 'yesno' },
    silence: {
      uses: null,
      why: 'Whether it is a public authority is for the landlord to know.',
      before: 'no-camera',
    },
  },
  {
    key: 'disclose.enforcement_notice',
    label: 'People are told that footage may lead to prosecution',
    type: { kind: 'yesno' },
    silence: { uses: false, why: 'A warning that no policy gives is not made up.' },
  },
  {
    key: 'resident.permission_required',
    label: 'Permission for a resident’s own camera',
    type: { kind: 'choice', of: ['written', 'yes', 'out-of-scope'] },
    silence: {
      uses: null,
      why: 'What its tenancies ask of residents is for the landlord to say.',
      before: 'no-camera',
    },
  },
  {
    key: 'resident.reviewers',
    label: 'Who decides about a resident’s camera',
    type: { kind: 'many', of: ['housing', 'repairs', 'out-of-scope'] },
    silence: { uses: null, why: 'Who decides is for the landlord to say.', before: 'no-camera' },
  },
  {
    key: 'resident.outcomes',
    label: 'What the answer to a resident may be',
    type: { kind: 'many', of: ['approved', 'refused', 'deferred', 'withdrawn', 'out-of-scope'] },
    silence: { uses: ['approved', 'refused'], why: 'A yes or a no, each with its reason.' },
  },
  {
    key: 'resident.decision_deadline',
    label: 'Days until a resident is answered',
    type: { kind: 'days' },
    silence: {
      uses: null,
      why: 'No policy gives one; people need to know when they will hear.',
      before: 'no-camera',
    },
  },
  {
    key: 'resident.audio',
    label: 'A resident’s camera that hears',
    type: { kind: 'choice', of: ['unlikely', 'neutral', 'out-of-scope'] },
    silence: { uses: 'unlikely', why: 'Sound takes in more than pictures do.' },
  },
  {
    key: 'resident.vulnerability',
    label: 'A resident at risk who asks for a camera',
    type: { kind: 'choice', of: ['weighed', 'case-by-case', 'out-of-scope'] },
    silence: { uses: 'weighed', why: 'Whom it protects belongs to a fair decision.' },
  },
  {
    key: 'resident.dispute_action',
    label: 'When a resident’s camera is part of a quarrel',
    type: { kind: 'many', of: ['reposition', 'remove', 'withdraw-permission', 'asb-policy', 'out-of-scope'] },
    silence: {
      uses: null,
      why: 'What it may ask of a resident is for the landlord to say.',
      before: 'no-camera',
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
    },
  },
  {
    key: 'complain.about_provider_system',
    label: 'Complaints about the landlord’s cameras',
    type: {
      kind: 'choice',
      of: ['counted-and-learned-from', 'contact-point', 'complaints-procedure', 'worked-through'],
    },
    silence: { uses: 'complaints-procedure', why: 'Every landlord has one (Housing Ombudsman’s code).' },
  },
  {
    key: 'review.system_cadence',
    label: 'How often a system is reviewed',
    type: {
      kind: 'choice',
      of: ['per-installation', 'regularly', 'yearly', 'monthly-and-yearly', 'regularly-and-on-concern'],
    },
    silence: { uses: 'yearly', why: 'A year is the regulator’s advice.' },
  },
  {
    key: 'review.who',
    label: 'Who reviews a system',
    type: { kind: 'many', of: ['system-manager', 'service-manager', 'supervisor'] },
    silence: { uses: ['system-manager'], why: 'Whoever answers for the system.' },
  },
  {
    key: 'retire.trigger',
    label: 'When a system goes',
    type: {
      kind: 'many',
      of: ['end-of-days', 'removal-day', 'no-longer-justified', 'aims-not-met', 'out-of-proportion'],
    },
    silence: {
      uses: ['no-longer-justified'],
      why: 'A camera that nothing justifies may not film (UK GDPR Art 5).',
    },
  },
  {
    key: 'maintain.rules',
    label: 'How equipment is kept up',
    type: {
      kind: 'many',
      of: ['quality-checks', 'standards', 'contract', 'cleaning', 'updates', 'seasons', 'security'],
    },
    silence: { uses: ['quality-checks'], why: 'A camera that does not work films people for nothing.' },
  },
  {
    key: 'maintain.suppliers',
    label: 'What suppliers are held to',
    type: { kind: 'many', of: ['contract', 'named-processor', 'proof', 'audit'] },
    silence: {
      uses: ['contract', 'named-processor', 'proof', 'audit'],
      why: 'The law asks it of every processor (UK GDPR Art 28).',
    },
  },
  {
    key: 'maintain.tampering',
    label: 'Against tampering',
    type: { kind: 'many', of: ['residents-told', 'secured', 'out-of-reach', 'covered'] },
    silence: { uses: ['secured'], why: 'The law asks for security (UK GDPR Art 32).' },
  },
  {
    key: 'breach.route',
    label: 'When footage was lost or seen by others',
    type: { kind: 'choice', of: ['dpo-at-once'] },
    silence: { uses: 'dpo-at-once', why: 'The law gives 72 hours (UK GDPR Art 33).' },
  },
  {
    key: 'govern.policy_review',
    label: 'Months between reviews of the policy',
    type: { kind: 'months' },
    silence: { uses: 12, why: 'A year, until the landlord says otherwise.' },
  },
  {
    key: 'govern.policy_approver',
    label: 'Who approves the policy',
    type: { kind: 'words' },
    silence: {
      uses: null,
      why: 'Who stands behind its policy is for the landlord to say.',
      before: 'every-camera',
    },
  },
  {
    key: 'govern.oversight',
    label: 'Who watches over how the policy is kept',
    type: { kind: 'words' },
    silence: { uses: null, why: 'Who watches over it is for the landlord to say.', before: 'every-camera' },
  },
  {
    key: 'govern.standards',
    label: 'Standards that the landlord took on',
    type: {
      kind: 'many',
      of: [
        'regulator-consumer-standards',
        'ico-code',
        'camera-code',
        'bs-7958',
        'sia-licence',
        'ico-registration',
        'uk-data-protection-law',
        'surveillance-codes',
      ],
    },
    silence: { uses: ['uk-data-protection-law'], why: 'It binds everybody.' },
  },
  {
    key: 'govern.privacy_notice',
    label: 'Privacy notice and registration',
    type: { kind: 'many', of: ['privacy-notice', 'regulator-registration'] },
    silence: { uses: ['privacy-notice'], why: 'The law asks it (UK GDPR Art 13).' },
  },
  {
    key: 'train.audience',
    label: 'Who is trained, and how',
    type: {
      kind: 'many',
      of: [
        'all-staff',
        'briefing',
        'on-the-job',
        'named-teams',
        'deciders',
        'operators',
        'induction',
        'written-instructions',
      ],
    },
    silence: { uses: null, why: 'Whom to train is for the landlord to say.', before: 'every-camera' },
  },
  {
    key: 'govern.publication',
    label: 'Where the policy can be read',
    type: { kind: 'many', of: ['intranet', 'website', 'pdf', 'told-by-the-dpo'] },
    silence: {
      uses: null,
      why: 'Where its policy can be read is for the landlord to say.',
      before: 'every-camera',
    },
  },
  {
    key: 'report.measures',
    label: 'What is measured and reported',
    type: {
      kind: 'many',
      of: [
        'kpis',
        'complaints',
        'satisfaction',
        'audit-samples',
        'public-reports',
        'request-deadline',
        'standard',
      ],
    },
    silence: {
      uses: null,
      why: 'What it wants to be measured by is for the landlord to say.',
      before: 'no-camera',
    },
  },
  {
    key: 'govern.equality',
    label: 'Equality',
    type: { kind: 'many', of: ['assessment', 'translations', 'formats', 'adjustments', 'consistent-offer'] },
    silence: { uses: ['assessment', 'adjustments'], why: 'The law asks it (Equality Act 2010).' },
  },
  {
    key: 'maintain.asset_register',
    label: 'What stands on the register of equipment',
    type: { kind: 'choice', of: ['per-installation', 'temporary-only', 'everything'] },
    silence: { uses: 'everything', why: 'What is not on the register cannot be answered for.' },
  },
  {
    key: 'resident.responsibility_disclaimer',
    label: 'Who answers for a resident’s camera',
    type: { kind: 'choice', of: ['resident-answers'] },
    silence: { uses: null, why: 'Whether to say so is for the landlord.', before: 'no-camera' },
  },
]
