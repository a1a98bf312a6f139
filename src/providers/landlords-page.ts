/** The landlords of this installation as a page, with the forms that add one or take on a newer version. */
import type { Pack } from '#policy/policy.ts'
import { components as c, dayWords, type Html, html, marks, type Page, type View } from '#web/web.ts'
import type { Provider } from './model.ts'
import { baseline } from './new-pack.ts'
import type { AdoptedVersion } from './store.ts'

export type LandlordLine = {
  readonly provider: Provider
  /** Version that decides today, null where none does yet. */
  readonly current: string | null
  readonly coming: readonly AdoptedVersion[]
  /** On disk, and not taken on. */
  readonly waiting: readonly Pack[]
  readonly today: string
}

export type LandlordsView = {
  readonly landlords: readonly LandlordLine[]
  /** Policies on disk that no landlord here has. */
  readonly policies: readonly Pack[]
}

export function landlordsPage({ landlords, policies }: LandlordsView, view: View): Page {
  const nameOf = (slug: string): string =>
    landlords.find(({ provider }) => provider.slug === slug)?.provider.name ?? slug
  const heads = landlords.filter(({ provider }) => provider.group === null)
  return {
    title: 'Landlords',
    back: { href: '/policy', text: 'Policy' },
    body: html`${marks.heading({
      title: 'Landlords',
      lead: 'Each landlord decides by its own policy, or by that of its group. Nobody sees the cameras of a landlord at which they hold no role.',
    })}${c.table({
      caption: 'Landlords of this installation',
      captionHidden: true,
      columns: [
        { text: 'Landlord' },
        { text: 'Short name' },
        { text: 'Part of' },
        { text: 'Policy in force' },
        { text: 'To come' },
      ],
      rows: landlords.map(({ provider, current, coming }) => [
        marks.link(`/policy/${provider.slug}`, provider.name),
        provider.slug,
        provider.group === null ? '–' : nameOf(provider.group),
        current === null ? 'none yet' : `Version of ${dayWords(current)}`,
        coming.length === 0
          ? '–'
          : coming
              .map((one) => `Version of ${dayWords(one.version)}, from ${dayWords(one.fromDay)}`)
              .join('; '),
      ]),
      empty: marks.paragraph('There is no landlord yet.'),
    })}${heads.flatMap((line) => line.waiting.map((pack) => newerForm(line, pack, view)))}${marks.h2(
      'Add a landlord with a policy of its own',
    )}${ownForm(policies, view)}${heads.length === 0 ? null : groupForm(heads, view)}`,
  }
}

function newerForm({ provider, today }: LandlordLine, pack: Pack, view: View): Html {
  return html`${marks.h2(`A newer version for ${provider.name}`)}${marks.paragraph(
    html`The version of <strong>${dayWords(pack.version)}</strong> is here and not taken on. From the first day on, what is asked for is decided by it. Cameras that run go on under the version they were allowed by, and whoever answers for a difference is told.`,
  )}${c.form({
    view,
    action: `/landlords/${provider.slug}/versions`,
    body: html`${c.hidden('version', pack.version)}${c.input({
      name: 'fromDay',
      id: `fromDay-${provider.slug}-${pack.version}`,
      label: 'First day to decide by it',
      hint: 'As 2026-12-01. Today or later.',
      width: 10,
      value: pack.version > today ? pack.version : today,
      view,
    })}${c.button({ text: 'Take it on', kind: 'secondary' })}`,
  })}`
}

const ownForm = (policies: readonly Pack[], view: View): Html =>
  policies.length === 0
    ? marks.paragraph(
        'Every policy that lies here belongs to a landlord. Begin another with “npm run overt -- policy new NAME”, and start Overt again.',
      )
    : c.form({
        view,
        action: '/landlords',
        body: html`${c.radios({
          name: 'policy',
          label: 'Its policy',
          view,
          choices: policies.map((pack) => ({
            value: `${pack.provider}@${pack.version}`,
            text: pack.provider === baseline ? 'None yet: begin with the strictest' : pack.name,
            hint: `${pack.title}, ${pack.reference}, in effect from ${dayWords(pack.version)}`,
          })),
        })}${c.input({
          name: 'ownName',
          label: 'The landlord’s name',
          hint: 'As people know it. It can’t be changed here afterwards.',
          maxlength: 120,
          view,
        })}${c.button({ text: 'Add the landlord' })}`,
      })

const groupForm = (heads: readonly LandlordLine[], view: View): Html =>
  html`${marks.h2('Add a landlord to a group')}${marks.paragraph(
    'It decides by the policy of its group, now and after every new version, and by what the group decided where the policy is silent. It can’t leave, and can’t take on another.',
  )}${c.form({
    view,
    action: '/landlords/group',
    body: html`${c.input({ name: 'name', id: 'group-name', label: 'Name of the landlord', maxlength: 120, view })}${c.input(
      {
        name: 'slug',
        label: 'Short name',
        hint: 'Small letters, digits and hyphens, such as north-end. It stays for ever.',
        maxlength: 60,
        autocapitalize: 'none',
        spellcheck: false,
        view,
      },
    )}${c.select({
      name: 'group',
      label: 'The landlord whose policy it follows',
      empty: 'Choose a landlord',
      options: heads.map(({ provider }) => ({ value: provider.slug, text: provider.name })),
      view,
    })}${c.button({ text: 'Add to the group' })}`,
  })}`
