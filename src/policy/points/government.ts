/** Points about footage, people and the policy itself. */
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
      does: 'Nobody decides on a camera or gets a picture until it is on record for them and in date.',
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
    silence: {
      uses: ['encrypted'],
      why: 'A finder should not be able to read it.',
      waitsFor: 'G6',
    },
  },
  {
    key: 'sar.deadline',
    label: 'When people’s requests for their own data are answered',
    type: { kind: 'choice', of: ['one-calendar-month', 'as-the-law-says'] },
    silence: {
      uses: 'one-calendar-month',
      why: 'The law’s own (UK GDPR Art 12(3)).',
      waitsFor: 'H5',
    },
  },
  {
    key: 'disclose.foi',
    label: 'Freedom of information requests are answered',
    type: { kind: 'yesno' },
    silence: {
      uses: null,
      why: 'Whether it is a public authority is for the landlord to know.',
      before: 'no-camera',
      does: 'It is kept for requests under freedom of information, which Overt does not handle yet.',
      waitsFor: 'H8',
    },
  },
  {
    key: 'disclose.enforcement_notice',
    label: 'People are told that footage may lead to prosecution',
    type: { kind: 'yesno' },
    silence: { uses: false, why: 'A warning that no policy gives is not made up.' },
  },
  {
    key: 'review.system_cadence',
    label: 'How often a system is reviewed',
    type: {
      kind: 'choice',
      of: ['per-installation', 'regularly', 'yearly', 'monthly-and-yearly', 'regularly-and-on-concern'],
    },
    silence: {
      uses: 'yearly',
      why: 'A year is the regulator’s advice.',
      waitsFor: 'K3',
    },
  },
  {
    key: 'review.who',
    label: 'Who reviews a system',
    type: { kind: 'many', of: ['system-manager', 'service-manager', 'supervisor'] },
    silence: {
      uses: ['system-manager'],
      why: 'Whoever answers for the system.',
      waitsFor: 'K3',
    },
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
      waitsFor: 'K3',
    },
  },
  {
    key: 'maintain.rules',
    label: 'How equipment is kept up',
    type: {
      kind: 'many',
      of: ['quality-checks', 'standards', 'contract', 'cleaning', 'updates', 'seasons', 'security'],
    },
    silence: {
      uses: ['quality-checks'],
      why: 'A camera that does not work films people for nothing.',
      waitsFor: 'K1',
    },
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
    silence: {
      uses: 'dpo-at-once',
      why: 'The law gives 72 hours (UK GDPR Art 33).',
      waitsFor: 'K6',
    },
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
      does: 'Whoever keeps the policy is asked for their approval of each version, and the policy names them.',
    },
  },
  {
    key: 'govern.oversight',
    label: 'Who watches over how the policy is kept',
    type: { kind: 'words' },
    silence: {
      uses: null,
      why: 'Who watches over it is for the landlord to say.',
      before: 'every-camera',
      does: 'After each review of the policy, whoever keeps it is asked to lay before them what came of it.',
    },
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
        'housing-federation-guidance',
        'home-cctv-advice',
      ],
    },
    silence: { uses: ['uk-data-protection-law'], why: 'It binds everybody.' },
  },
  {
    key: 'govern.privacy_notice',
    label: 'Privacy notice and registration',
    type: { kind: 'many', of: ['privacy-notice', 'regulator-registration'] },
    silence: {
      uses: ['privacy-notice'],
      why: 'The law asks it (UK GDPR Art 13).',
      waitsFor: 'B5',
    },
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
    silence: {
      uses: null,
      why: 'Whom to train is for the landlord to say.',
      before: 'every-camera',
      does: 'Each of these people has a training that is due, and is reminded until it is on record.',
    },
  },
  {
    key: 'govern.publication',
    label: 'Where the policy can be read',
    type: { kind: 'many', of: ['intranet', 'website', 'pdf', 'told-by-the-dpo'] },
    silence: {
      uses: null,
      why: 'Where its policy can be read is for the landlord to say.',
      before: 'every-camera',
      does: 'Whoever keeps the policy is asked to make it known there until that is on record.',
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
      does: 'It is kept for reports and figures, which Overt does not make yet.',
      waitsFor: 'K9',
    },
  },
  {
    key: 'govern.equality',
    label: 'Equality',
    type: { kind: 'many', of: ['assessment', 'translations', 'formats', 'adjustments', 'consistent-offer'] },
    silence: {
      uses: ['assessment', 'adjustments'],
      why: 'The law asks it (Equality Act 2010).',
      waitsFor: 'A14',
    },
  },
  {
    key: 'maintain.asset_register',
    label: 'What stands on the register of equipment',
    type: { kind: 'choice', of: ['per-installation', 'temporary-only', 'everything'] },
    silence: { uses: 'everything', why: 'What is not on the register cannot be answered for.' },
  },
]
