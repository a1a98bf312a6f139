/** What a newer version of the policy changed, difference by difference, with the cameras that it bears on. */
import type { Difference, Pack } from '#policy/policy.ts'
import { clauseHref, clauseLabel } from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, type Page, type View } from '#web/web.ts'
import type { Change, Seen, VersionEffect } from './changes.ts'
import { roleTitles } from './deps.ts'
import type { Provider } from './model.ts'

export type ShownEffect = {
  readonly effect: VersionEffect
  readonly after: Pack
  readonly changes: readonly Change[]
  readonly seen: readonly Seen[]
}

export type ChangesView = {
  readonly provider: Provider
  readonly effects: readonly ShownEffect[]
  readonly names: ReadonlyMap<string, { readonly name: string }>
  /** Shows where a camera's authority stands, to those who may see it. */
  readonly linked: boolean
  may(change: Change): boolean
}

export const changesPath = (slug: string): string => `/policy/${slug}/changes`

export function changesPage(view: ChangesView): Page {
  const { provider, effects } = view
  return {
    title: `${provider.name}: what changed in the policy`,
    back: { href: `/policy/${provider.slug}`, text: 'The policy' },
    body: html`${marks.heading({
      title: 'What changed in the policy',
      caption: provider.name,
      lead: 'A newer version decides from its day on. Cameras that were allowed before go on under the version they were allowed by, and nothing that was decided is decided again.',
    })}${
      effects.length === 0
        ? marks.emptyState({
            title: 'Nothing has changed',
            body: 'No newer version of the policy has taken effect here.',
          })
        : effects.map((one) => effectSection(view, one))
    }`,
  }
}

function effectSection(view: ChangesView, shown: ShownEffect): Html {
  const { effect, changes } = shown
  const bearing = changes.filter((one) => one.running.length > 0)
  const others = changes.filter((one) => one.running.length === 0)
  return html`${marks.h2(
    `The version of ${dayWords(effect.version)}, in place of that of ${dayWords(effect.previous)}`,
    `version-${effect.version}`,
  )}${marks.paragraph(
    bearing.length === 0
      ? 'None of it bears on a camera that is running.'
      : `${bearing.length === 1 ? 'One difference bears' : `${bearing.length} differences bear`} on cameras that are running. Somebody who answers for it says what was done.`,
  )}${bearing.map((change) => changeCard(view, shown, change))}${
    others.length === 0
      ? null
      : c.details(
          `Everything else that reads otherwise (${others.length})`,
          c.table({
            caption: 'Differences that bear on no running camera',
            captionHidden: true,
            columns: [{ text: 'About' }, { text: 'Before' }, { text: 'Now' }],
            rows: others.map(({ difference }) => [
              difference.label,
              difference.before ?? '–',
              difference.after ?? '–',
            ]),
          }),
        )
  }`
}

function changeCard(view: ChangesView, { effect, after, seen }: ShownEffect, change: Change): Html {
  const { difference, running, roles } = change
  const done = seen.find((one) => one.difference === difference.id)
  const path = `${changesPath(view.provider.slug)}/${effect.version}/${difference.id}`
  const cameras = running.map((one) =>
    view.linked ? marks.link(`/deployments/${one.id}`, one.reference) : one.reference,
  )
  return c.summaryList({
    title: difference.label,
    headingLevel: 3,
    ...(done === undefined && view.may(change)
      ? { cardActions: [{ href: path, text: 'Say what was done', hidden: `about ${difference.label}` }] }
      : {}),
    rows: [
      { key: 'Before', value: difference.before ?? 'Nothing' },
      {
        key: 'Now',
        value: html`<strong>${difference.after ?? 'Nothing'}</strong>${source(after, difference)}`,
      },
      { key: 'Cameras', value: html`${cameras.map((one, at) => html`${at > 0 ? ', ' : ''}${one}`)}` },
      {
        key: 'State',
        value:
          done === undefined
            ? html`${marks.stateTag('attention', 'To see to')} ${roleTitles(after, roles)}`
            : html`${marks.stateTag('lawful', 'Seen to')} ${view.names.get(done.by)?.name ?? 'Somebody who has left'}, ${dayWords(new Date(done.seenMs).toISOString().slice(0, 10))}: ${done.note}`,
      },
    ],
  })
}

const source = (pack: Pack, { clause }: Difference): Html | null =>
  clause === null ? null : html` ${marks.clause(clauseLabel(pack, clause), clauseHref(pack, clause))}`

export function seePage(provider: Provider, { effect }: ShownEffect, change: Change, view: View): Page {
  const { difference } = change
  const action = `${changesPath(provider.slug)}/${effect.version}/${difference.id}`
  return {
    title: `${difference.label}: ${provider.name}`,
    back: { href: changesPath(provider.slug), text: 'What changed in the policy' },
    body: html`${marks.heading({
      title: difference.label,
      caption: `${provider.name}, version of ${dayWords(effect.version)}`,
      lead: `Before: ${difference.before ?? 'nothing'}. Now: ${difference.after ?? 'nothing'}.`,
    })}${marks.paragraph(
      `It bears on ${change.running.length === 1 ? 'one running camera' : `${change.running.length} running cameras`}. They go on under the version they were allowed by, until their time is over or somebody decides otherwise.`,
    )}${c.form({
      view,
      action,
      body: html`${c.textarea({
        name: 'note',
        label: 'What was done about it?',
        hint: 'For example: the cameras keep to it already, or a new authorisation was asked for. Name no resident.',
        view,
        rows: 4,
        maxlength: 1000,
      })}${c.button({ text: 'Seen to' })}`,
    })}`,
  }
}
