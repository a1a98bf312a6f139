/** Points about cameras: where, why, who decides, what is put in, and what for. */
import type { Point } from '../points.ts'

export const conduct: readonly Point[] = [
  {
    key: 'retention.storage_location',
    label: 'Where footage may lie',
    type: {
      kind: 'many',
      of: ['landlord-systems', 'council-systems', 'own-recorders', 'secure-removable-media', 'secure-place'],
    },
    silence: { uses: ['own-recorders'], why: 'Footage lies only on recorders that were enrolled.' },
  },
  {
    key: 'deployment.extension',
    label: 'How a camera may go on after its time',
    type: { kind: 'choice', of: ['not-allowed', 'new-authorisation', 'review'] },
    silence: { uses: 'new-authorisation', why: 'Going on is a new decision, never a habit.' },
  },
  {
    key: 'deployment.in_home_landlord_camera',
    label: 'The landlord’s camera in or on a home',
    type: { kind: 'choice', of: ['allowed-with-conditions', 'forbidden'] },
    silence: { uses: 'forbidden', why: 'A home is the last place for a camera, so silence is no leave.' },
  },
  {
    key: 'scope.sites',
    label: 'Places that the policy covers',
    type: {
      kind: 'many',
      of: ['homes', 'communal', 'access-systems', 'car-parks', 'entrances', 'houses', 'all-group-sites'],
    },
    silence: {
      uses: null,
      why: 'Only the landlord knows which of its places it meant.',
      before: 'every-camera',
      does: 'No camera is asked for at a place of another kind.',
    },
  },
  {
    key: 'scope.definition_of_cctv',
    label: 'What counts as CCTV',
    type: {
      kind: 'many',
      of: [
        'fixed',
        'temporary',
        'mobile',
        'doorbell',
        'dash-cam',
        'body-worn',
        'phone',
        'recorder',
        'screen',
      ],
    },
    silence: {
      uses: ['fixed', 'temporary', 'mobile', 'doorbell'],
      why: 'Whatever captures pictures is treated as a camera.',
    },
  },
  {
    key: 'scope.dash_cams',
    label: 'Dash cams',
    type: { kind: 'choice', of: ['residents-only', 'staff-in-scope', 'not-used'] },
    silence: { uses: 'not-used', why: 'What no policy covers is not used.' },
  },
  {
    key: 'scope.doorbells',
    label: 'Video doorbells that the policy covers',
    type: { kind: 'many', of: ['residents', 'landlord', 'none'] },
    silence: { uses: ['residents', 'landlord'], why: 'A doorbell that films is a camera, whoever owns it.' },
  },
  {
    key: 'purpose.disciplinary',
    label: 'Footage for disciplinary steps',
    type: { kind: 'choice', of: ['allowed', 'forbidden'] },
    silence: {
      uses: 'forbidden',
      why: 'People must be told of such a use beforehand, so silence is no leave.',
    },
  },
  {
    key: 'purpose.tenancy_breach',
    label: 'Footage for breaches of tenancy that are no crime',
    type: { kind: 'choice', of: ['allowed', 'only-significant', 'forbidden'] },
    silence: {
      uses: 'forbidden',
      why: 'People must be told of such a use beforehand, so silence is no leave.',
    },
  },
  {
    key: 'purpose.monitoring_behaviour',
    label: 'Watching live',
    type: {
      kind: 'choice',
      of: ['round-the-clock', 'safety-only', 'justified-only', 'one-team-only', 'forbidden'],
    },
    silence: { uses: 'forbidden', why: 'Being watched live is a greater step than being recorded.' },
  },
  {
    key: 'propose.who',
    label: 'Who may ask for a camera',
    type: { kind: 'many', of: ['residents', 'colleagues', 'named-roles'] },
    silence: { uses: ['named-roles'], why: 'Those whose role has it in this pack.' },
  },
  {
    key: 'assess.initial_assessment',
    label: 'What is looked into before a camera',
    type: {
      kind: 'many',
      of: [
        'why',
        'cost',
        'impact',
        'planning',
        'other-means',
        'dpia',
        'site-checklist',
        'aim',
        'pressing-need',
        'necessity',
        'proportion',
        'trauma',
      ],
    },
    silence: {
      uses: ['why', 'impact', 'other-means', 'dpia'],
      why: 'This much the law asks of everybody (UK GDPR Art 5 and 35).',
    },
  },
  {
    key: 'assess.last_resort',
    label: 'How great the need must be',
    type: { kind: 'choice', of: ['no-other-means', 'pressing-need', 'necessary', 'none'] },
    silence: { uses: 'necessary', why: 'The law asks it (UK GDPR Art 5).' },
  },
  {
    key: 'assess.trauma_and_wellbeing',
    label: 'What a camera does to the people it films',
    type: { kind: 'choice', of: ['weighed', 'privacy-only'] },
    silence: {
      uses: 'weighed',
      why: 'What watching does to people is part of every assessment (UK GDPR Art 35).',
      waitsFor: 'A12',
    },
  },
  {
    key: 'assess.planning_permission',
    label: 'Planning permission is looked into',
    type: { kind: 'yesno' },
    silence: {
      uses: true,
      why: 'Asking costs nothing, and a camera on a wall may need it.',
      waitsFor: 'A2',
    },
  },
  {
    key: 'consult.residents',
    label: 'Residents are consulted before a camera',
    type: {
      kind: 'choice',
      of: ['permanent-only', 'payers-but-new-build', 'every-shared-camera', 'not-asked'],
    },
    silence: {
      uses: null,
      why: 'Whether people are asked, and which, is the landlord’s promise to make.',
      before: 'shared-areas',
      does: 'A camera of such a kind waits until the people concerned were asked and the result is stated.',
    },
  },
  {
    key: 'consult.service_charge',
    label: 'What of it the service charge carries',
    type: { kind: 'choice', of: ['none', 'maintenance', 'whole-service'] },
    silence: {
      uses: null,
      why: 'Who pays is the landlord’s to say.',
      before: 'shared-areas',
      does: 'What the service charge carries stands in each consultation, with the cost, and people are asked about it.',
    },
  },
  {
    key: 'consult.on_policy',
    label: 'Who was asked about the policy itself',
    type: {
      kind: 'many',
      of: ['public', 'named-teams', 'customer-panel', 'area-managers', 'outside-lawyers'],
    },
    silence: {
      uses: null,
      why: 'Whom to ask about its own policy is the landlord’s to say.',
      before: 'every-camera',
      does: 'They are named with the policy, and whoever looks at it again is told to ask them.',
    },
  },
  {
    key: 'authorise.deviation',
    label: 'Departing from the policy',
    type: { kind: 'choice', of: ['not-allowed', 'named-head'] },
    silence: { uses: 'not-allowed', why: 'Nobody departs from a policy that has no way for it.' },
  },
  {
    key: 'authorise.ripa',
    label: 'The law on covert surveillance',
    type: { kind: 'choice', of: ['guidelines-followed', 'not-bound', 'other-policy'] },
    silence: {
      uses: null,
      why: 'Whether surveillance law binds it is for the landlord’s lawyers.',
      before: 'every-camera',
      does: 'Whoever asks for a hidden camera is refused and told this.',
    },
  },
  {
    key: 'install.who',
    label: 'Who puts cameras in',
    type: { kind: 'choice', of: ['qualified-own-team', 'contracted-supplier', 'anybody-qualified'] },
    silence: { uses: 'anybody-qualified', why: 'Whoever installs is recorded as qualified.' },
  },
  {
    key: 'install.field_of_view',
    label: 'What a camera may not see',
    type: {
      kind: 'choice',
      of: ['lawful-siting', 'not-at-homes', 'no-private-property', 'no-private-rooms'],
    },
    silence: { uses: 'no-private-property', why: 'The strictest that all places can keep to.' },
  },
  {
    key: 'install.record',
    label: 'What is kept on record of each installation',
    type: {
      kind: 'many',
      of: [
        'dpia',
        'site-checklist',
        'equipment',
        'review-day',
        'removal-day',
        'quality-checks',
        'reason',
        'days-installed',
        'purpose',
        'roles',
        'procedure',
        'assets',
        'audit-log',
        'review-notes',
      ],
    },
    silence: {
      uses: ['dpia', 'equipment', 'reason', 'days-installed'],
      why: 'What is needed to answer for a camera later (UK GDPR Art 5(2)).',
    },
  },
  {
    key: 'tech.bwv',
    label: 'Body-worn video',
    type: { kind: 'choice', of: ['used', 'forbidden'] },
    silence: { uses: 'forbidden', why: 'What no policy covers is not used.' },
  },
  {
    key: 'tech.bwv_objection',
    label: 'When somebody asks not to be filmed by body-worn video',
    type: { kind: 'choice', of: ['landlord-decides', 'switched-off', 'not-used'] },
    silence: {
      uses: 'switched-off',
      why: 'Where a policy has no rule, the person in front of the lens decides.',
      waitsFor: 'J2',
    },
  },
  {
    key: 'tech.covert',
    label: 'Hidden cameras',
    type: { kind: 'choice', of: ['forbidden', 'police-only', 'other-policy'] },
    silence: { uses: 'forbidden', why: 'Overt does overt CCTV.' },
  },
  {
    key: 'tech.covert_notice',
    label: 'Who is told of a hidden camera',
    type: { kind: 'choice', of: ['dpo-always', 'dpo-first-with-exceptions'] },
    silence: {
      uses: 'dpo-always',
      why: 'The data protection officer hears of everything.',
      waitsFor: 'A11',
    },
  },
]
