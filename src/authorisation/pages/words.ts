/** Small things that the pages of this room say the same way. */
import { type Pack, technologies } from '#policy/policy.ts'
import { type Html, html, marks, type View } from '#web/web.ts'
import { type Deployment, type Detail, detailLabels } from '../model.ts'
import type { AuthorisationDeps } from '../parts.ts'

/** "Derby Homes 4.2.1" and where it can be read; null for no clause. */
export function clauseOf(pack: Pack, id: string | null): { text: string; href: string } | null {
  if (id === null) return null
  const clause = pack.clauses.get(id)
  return {
    text: `${pack.name} ${clause?.number ?? id}`,
    href: `/policy/${pack.provider}#${id}`,
  }
}

export const clauseMark = (pack: Pack, id: string | null): Html | null => {
  const clause = clauseOf(pack, id)
  return clause ? marks.clause(clause.text, clause.href) : null
}

/** Where a value comes from: its clause, or that the policy is silent and why Overt does what it does. */
export function ruleOf(
  pack: Pack,
  ruled: { readonly silent: boolean; readonly clause: string | null; readonly why: string | null },
  uses: string,
): Html | null {
  if (ruled.silent) return marks.silent({ uses, why: ruled.why ?? '' })
  return html`<p class="govuk-body">${clauseMark(pack, ruled.clause)}</p>`
}

export const roleTitle = (pack: Pack, code: string): string =>
  pack.values.roles.find((r) => r.code === code)?.title ?? code

export const roleTitles = (pack: Pack, codes: readonly string[]): string =>
  codes.map((code) => roleTitle(pack, code)).join(' or ')

export const typeOf = (pack: Pack, code: string) => pack.values.deploymentTypes.find((t) => t.code === code)

export const labelOf = (
  list: readonly { readonly code: string; readonly label: string }[],
  code: string | null,
): string => list.find((item) => item.code === code)?.label ?? code ?? ''

export const labelOfDetail = (code: string | null): string => detailLabels[code as Detail] ?? ''

/** A page with several forms: what was typed and refused belongs to the one that was sent. */
export const ownView = (view: View, path: string): View =>
  view.path === path ? view : { ...view, refused: null }

/** Names of accounts; somebody who is gone is still said to be somebody. */
export async function namesOf(
  deps: Pick<AuthorisationDeps, 'named'>,
  ids: readonly (string | null | undefined)[],
): Promise<(id: string | null | undefined) => string> {
  const known = await deps.named([...new Set(ids.filter((id): id is string => typeof id === 'string'))])
  return (id) => (id ? (known.get(id)?.name ?? 'somebody who has left') : 'Overt')
}

/** Lines of somebody's own words, as they typed them. */
export const typedText = (text: string): Html =>
  html`${text.split('\n').map((line, index) => (index === 0 ? line : html`<br>${line}`))}`

type Row = { readonly key: string; readonly value: Html }

/** Aim and need of a proposal, where they were recorded. */
export const needRows = (d: Pick<Deployment, 'aim' | 'need'>): Row[] =>
  d.aim === ''
    ? []
    : [
        { key: 'Aim', value: typedText(d.aim) },
        { key: 'Why it is pressing', value: typedText(d.need) },
      ]

/** How much of a camera, and why no less. */
export const proportionRows = (d: Pick<Deployment, 'detail' | 'proportion' | 'technologies'>): Row[] => [
  ...(d.detail === null
    ? []
    : [
        { key: 'A picture must show', value: html`${labelOfDetail(d.detail)}` },
        { key: 'Why no less would do', value: typedText(d.proportion) },
      ]),
  {
    key: 'Besides filming',
    value: html`${d.technologies.map((t) => labelOf(technologies, t)).join('; ') || 'Nothing'}`,
  },
]

/** "Hall camera, Elm House": the place is named once, also where the camera's name holds it already. */
export const placeTitle = ({
  camera,
  site,
}: {
  camera: { label: string }
  site: { name: string }
}): string =>
  camera.label.toLowerCase().includes(site.name.toLowerCase())
    ? camera.label
    : `${camera.label}, ${site.name}`
