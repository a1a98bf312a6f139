/** What happened to a deployment, newest first. */
import { components as c, type Html, html, marks, momentWords, until } from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import { causeWords } from '../events.ts'
import { roleTitle, typedText } from './words.ts'

export function history(standing: Standing, name: (id: string | null | undefined) => string): Html {
  const { file, pack } = standing
  const { deployment: d } = file
  const zone = d.timeZone
  type Event = { atMs: number; title: string; by?: string; body?: Html }
  const events: Event[] = [
    { atMs: d.proposedMs, title: 'Asked for', by: name(d.proposedBy) },
    ...file.dpias.flatMap((p): Event[] => [
      ...(p.submittedMs === null
        ? []
        : [
            {
              atMs: p.submittedMs,
              title: `Assessment version ${p.version} sent to the data protection officer`,
              by: name(p.authorId),
            },
          ]),
      ...(p.decision === null
        ? []
        : [
            {
              atMs: p.decision.atMs,
              title: `Assessment version ${p.version} ${p.decision.outcome}`,
              by: name(p.decision.by),
              ...(p.decision.reason ? { body: html`<p>${typedText(p.decision.reason)}</p>` } : {}),
            },
          ]),
    ]),
    ...file.approvals.map(
      (a): Event => ({
        atMs: a.atMs,
        title: `${a.decision === 'approve' ? 'Approved' : a.decision === 'refuse' ? 'Refused' : 'Put off'} as ${roleTitle(pack, a.role)}${a.proposalVersion === d.version ? '' : ' (before the proposal was changed)'}`,
        by: a.deputyFor ? `${name(a.personId)}, as deputy for ${name(a.deputyFor)}` : name(a.personId),
        ...(a.reason ? { body: html`<p>${typedText(a.reason)}</p>` } : {}),
      }),
    ),
    ...(file.agreement
      ? [
          {
            atMs: file.agreement.recordedMs,
            title: 'The resident’s agreement recorded',
            by: name(file.agreement.recordedBy),
          },
          ...(file.agreement.withdrawn
            ? [
                {
                  atMs: file.agreement.withdrawn.atMs,
                  title: 'The resident withdrew their agreement',
                  by: name(file.agreement.withdrawn.by),
                },
              ]
            : []),
        ]
      : []),
    ...file.signs.map((s): Event => ({ atMs: s.placedMs, title: 'Sign put up', by: name(s.placedBy) })),
    ...(file.reference?.accepted
      ? [
          {
            atMs: file.reference.accepted.atMs,
            title: 'Reference picture accepted',
            by: name(file.reference.accepted.by),
          },
        ]
      : []),
    ...file.mandates.toReversed().flatMap((m): Event[] => [
      {
        atMs: m.issuedMs,
        title:
          m.class === 'commissioning'
            ? `Commissioning mandate ${m.counter} signed, for one picture`
            : m.class === 'transitional'
              ? `Mandate ${m.counter} signed, to go on for now`
              : `Mandate ${m.counter} signed`,
        by: 'Overt',
        body: html`<p>Until ${until(m.untilMs, zone)}.</p>`,
      },
      ...(m.ended && m.ended.cause !== 'replaced' && m.ended.cause !== 'audio-expired'
        ? [{ atMs: m.ended.atMs, title: `Mandate ${m.counter} ended because ${causeWords(m.ended.cause)}` }]
        : []),
    ]),
    ...(file.stop?.lifted
      ? [
          {
            atMs: file.stop.lifted.atMs,
            title: 'Let go on after a stop',
            by: name(file.stop.lifted.by),
            body: html`<p>${typedText(file.stop.lifted.reason)}</p>`,
          },
        ]
      : []),
  ]
  // Newest first; of the same instant what was written later comes first.
  events.reverse().sort((a, b) => b.atMs - a.atMs)
  return html`${marks.h2('What happened')}${c.timelineOfEvents(
    events.slice(0, 60).map((e) => ({ ...e, when: momentWords(e.atMs, zone) })),
  )}`
}
