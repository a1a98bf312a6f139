/** What an account is given: name, roles, how far they reach, until when, and whom the person reports to. */
import { z } from 'zod'
import { addDays, startOfDayMs } from '#base/base.ts'
import { components, type FieldError, fields, type Html, html, marks, moment, type View } from '#web/web.ts'
import type { Named, PeopleParts } from '../parts.ts'
import { inMonths, warnDays } from '../standing.ts'
import type { Account, Role } from '../store.ts'

export const rights = z.object({
  name: fields.text('the full name', 120),
  email: fields.email('the email address'),
  roles: fields.codes('roles from the list'),
  areas: fields.optionalText('the areas', 500),
  patches: fields.codes('patches from the list'),
  until: fields.optionalDay('the last day of the roles'),
  manager: fields.optionalText('whom they report to', 40),
  administrator: fields.tick(),
})
export type Rights = z.infer<typeof rights>

/** Beside areas by name a reach holds `patch:ID` and `site:ID`; an area cannot be named so. */
const isCode = (word: string): boolean => /^(patch|site):/.test(word)

/** "Alvaston, Normanton" → ['Alvaston', 'Normanton']; empty: everywhere. */
const areasOf = (text: string | null): string[] =>
  [
    ...new Set(
      (text ?? '')
        .split(/[,\n]/)
        .map((part) => part.trim())
        .filter((part) => part !== '' && !isCode(part)),
    ),
  ].slice(0, 50)

/** When a role that is given now ends, at the latest: pictures are not for ever. Null: no end. */
export function latestEnd(parts: PeopleParts, provider: string, role: string, nowMs: number): number | null {
  const rule = parts.providers().find(({ slug }) => slug === provider)?.rules
  if (!rule || rule.roleMonthsMax === null || !rule.pictureRoles.includes(role)) return null
  return inMonths(nowMs, rule.roleMonthsMax, rule.timeZone)
}

/**
 * What was typed as roles, or the first thing wrong with it. A role that stays as it is keeps its end: saving a form is
 * no fresh grant. Without a day a role ends when the policy says at the latest.
 */
export function rolesTyped(
  parts: PeopleParts,
  typed: Pick<Rights, 'roles' | 'areas' | 'patches' | 'until'>,
  account: Account | null,
): Role[] | FieldError {
  const nowMs = parts.clock.nowMs()
  const areas = [...areasOf(typed.areas), ...typed.patches.map((id) => `patch:${id}`)]
  const roles: Role[] = []
  for (const code of typed.roles) {
    const [slug, role] = [code.slice(0, code.indexOf(':')), code.slice(code.indexOf(':') + 1)]
    const provider = parts.providers().find((one) => one.slug === slug)
    const title = provider?.roles.find((one) => one.code === role)?.title
    if (!provider || title === undefined) return { field: 'roles', message: 'Choose roles from the list' }
    const zone = provider.rules?.timeZone ?? 'Europe/London'
    if (provider.rules?.areaRoles.includes(role) && areas.length === 0)
      return {
        field: 'areas',
        message: `Enter an area: the policy lets the role “${title}” reach its own areas and nothing else`,
      }
    const latest = latestEnd(parts, slug, role, nowMs)
    const typedMs = typed.until === null ? null : startOfDayMs(addDays(typed.until, 1), zone)
    if (typedMs !== null && typedMs <= nowMs)
      return { field: 'until', message: 'The last day of the roles must not be in the past' }
    if (typedMs !== null && latest !== null && typedMs > latest + 86_400_000)
      return {
        field: 'until',
        message: `The policy lets the role “${title}” be given for ${provider.rules!.roleMonthsMax} months at most`,
      }
    const before = account?.roles.find((held) => held.provider === slug && held.role === role)
    const kept = before !== undefined && typedMs === null ? (before.untilMs ?? null) : (typedMs ?? latest)
    roles.push({ provider: slug, role, areas, untilMs: kept })
  }
  return roles
}

export function rightsForm(
  parts: PeopleParts,
  view: View,
  account: Account | null,
  choices: { readonly patches: readonly Named[]; readonly managers: readonly Named[] },
): Html {
  const held = account?.roles.map((role) => `${role.provider}:${role.role}`) ?? []
  const words = account?.roles[0]?.areas ?? []
  const providers = parts.providers()
  return html`${components.input({ view, name: 'name', label: 'Full name', width: 30, value: account?.name ?? '', maxlength: 120, autocomplete: 'off' })}
${components.input({ view, name: 'email', label: 'Email address (optional)', width: 30, type: 'email', value: account?.email ?? '', autocomplete: 'off', spellcheck: false })}
${providers.map((provider, index) =>
  components.checkboxes({
    view,
    name: 'roles',
    id: index === 0 ? 'roles' : `roles-${provider.slug}`,
    label: `Roles at ${provider.name}`,
    labelSize: 'm',
    hint: 'What each role may do is in the landlord’s policy.',
    values: held,
    small: true,
    choices: provider.roles.map((role) => ({ value: `${provider.slug}:${role.code}`, text: role.title })),
  }),
)}
${components.input({ view, name: 'areas', label: 'Areas (optional)', hint: 'Names of areas as in the register, with commas between. Leave empty for everywhere.', value: words.filter((word) => !isCode(word)).join(', ') })}
${
  choices.patches.length === 0
    ? null
    : components.checkboxes({
        view,
        name: 'patches',
        label: 'Patches (optional)',
        hint: 'Together with the areas, this is all that the roles reach.',
        small: true,
        values: words.filter((word) => word.startsWith('patch:')).map((word) => word.slice(6)),
        choices: choices.patches.map(({ id, name }) => ({ value: id, text: name })),
      })
}
${components.dateInput({ view, name: 'until', label: 'Last day of the roles (optional)', hint: 'For roles that you give now. Where you leave it empty, roles that may see footage end when the policy says.' })}
${components.select({ view, name: 'manager', label: 'Reports to (optional)', empty: 'Nobody is named', value: account?.managerId ?? '', options: choices.managers.filter(({ id }) => id !== account?.id).map(({ id, name }) => ({ value: id, text: name })) })}
${components.checkbox({ view, name: 'administrator', label: 'Administrator', hint: 'Looks after accounts, recorders and places. Gives no right to any picture.', checked: account?.administrator ?? false })}`
}

/** Each role with its end, and the button that gives it again. */
export function grantsPart(parts: PeopleParts, view: View, account: Account): Html | null {
  const ending = account.roles.filter((role) => role.untilMs != null)
  if (ending.length === 0) return null
  const nowMs = parts.clock.nowMs()
  return components.table({
    caption: 'Roles that end',
    columns: [{ text: 'Role' }, { text: 'Until' }, { text: 'Give it again', hidden: true }],
    rows: ending.map((role) => {
      const provider = parts.providers().find(({ slug }) => slug === role.provider)
      const title = provider?.roles.find(({ code }) => code === role.role)?.title ?? role.role
      const state =
        role.untilMs! <= nowMs
          ? marks.stateTag('stopped', 'Ended')
          : role.untilMs! - nowMs < warnDays * 86_400_000
            ? marks.stateTag('attention', 'Ends soon')
            : null
      return [
        title,
        html`${moment(role.untilMs!)} ${state}`,
        components.form({
          view,
          action: `/accounts/${account.id}/renew`,
          classes: 'overt-inline',
          body: html`${components.hidden('role', `${role.provider}:${role.role}`)}<button type="submit" class="overt-head__button">Give again<span class="govuk-visually-hidden">: ${title}</span></button>`,
        }),
      ]
    }),
  })
}
