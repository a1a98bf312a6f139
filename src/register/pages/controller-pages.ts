/** Who is a system's controller and who its processors are, on its page and in forms; rows: `controller-routes.ts`. */
import { components as c, type Html, html, marks, type Page, type View } from '#web/web.ts'
import type { Controller } from '../controller-store.ts'
import { controlledElsewhere, processorLacks, type SystemFacts } from '../lacks.ts'
import type { Supplier } from '../supplier-store.ts'
import type { System } from '../system-store.ts'
import type { ShownSystem } from './system-pages.ts'

/** Its name, in words that people read. */
export const controllerName = (
  controller: Controller,
  provider: string,
  landlord: (slug: string) => string,
): string => controller.body ?? landlord(controller.landlord ?? provider)

type Shown = Pick<ShownSystem, 'system' | 'roles' | 'sameGroup' | 'pack' | 'today' | 'landlord' | 'mayEdit'>

/** The same for programs. */
export function rolesData(shown: Shown & Pick<SystemFacts, 'system'>) {
  const { roles, pack, today, system, landlord } = shown
  return {
    controller: { ...roles.controller, name: controllerName(roles.controller, system.provider, landlord) },
    controlledElsewhere: controlledElsewhere(pack, shown, today),
    processors: roles.processors.map((one) => ({
      supplierId: one.supplier.id,
      name: one.supplier.name,
      does: one.does,
      lacks: processorLacks(pack, one, today),
    })),
  }
}

export function rolesPart(view: View, shown: Shown): Html {
  const { system, mayEdit } = shown
  const { controller, controlledElsewhere: elsewhere, processors } = rolesData(shown)
  return html`${c.summaryList({
    title: 'Who decides why and how it films',
    rows: [
      { key: 'Controller', value: controller.name },
      ...(controller.joint === '' ? [] : [{ key: 'Jointly with', value: controller.joint }]),
      ...(controller.contact === '' ? [] : [{ key: 'How to reach it', value: controller.contact }]),
    ],
    cardActions: mayEdit
      ? [{ href: `/systems/${system.id}/controller`, text: 'Change', hidden: 'controller and processors' }]
      : [],
  })}${
    elsewhere
      ? c.insetText(
          `${controller.name} is the controller, so our policy does not cover this system and nothing is asked of it. It stays in the register so that people can be told whom to ask.`,
        )
      : null
  }${c.table({
    caption: 'Processors',
    columns: [{ text: 'Supplier' }, { text: 'What it does for this system' }, { text: 'Contract and terms' }],
    rows: processors.map(({ supplierId, name, does, lacks }) => [
      marks.link(`/suppliers/${supplierId}`, name),
      html`${does}${mayEdit ? endForm(view, system, supplierId, name) : null}`,
      lacks.length === 0
        ? marks.stateTag('lawful', 'In force')
        : html`${marks.stateTag('attention', 'Not in force')}<br>It lacks ${lacks.map((lack) => lack.words).join(', ')}.`,
    ]),
    empty: marks.paragraph('No supplier handles its pictures.'),
  })}`
}

const endForm = (view: View, system: System, supplierId: string, name: string): Html =>
  c.form({
    view,
    action: `/systems/${system.id}/processors/${supplierId}/end`,
    body: c.button({ text: `${name} no longer does this`, kind: 'secondary' }),
  })

/** `others`: further landlords of this installation. */
export function controllerForm(
  view: View,
  given: {
    readonly system: System
    readonly controller: Controller
    readonly own: string
    readonly others: readonly { readonly slug: string; readonly name: string }[]
    readonly suppliers: readonly Supplier[]
    readonly processors: readonly string[]
  },
): Page {
  const { system, controller, own, others, suppliers, processors } = given
  const asOption = (one: Supplier) => ({ value: one.id, text: one.name })
  const free = suppliers.filter((one) => one.processor && !processors.includes(one.id))
  const landlords = c.select({
    name: 'landlord',
    label: 'Which landlord?',
    view,
    value: controller.landlord ?? '',
    empty: 'Choose a landlord',
    options: others.map(({ slug, name }) => ({ value: slug, text: name })),
  })
  const outside = html`${c.input({ name: 'body', label: 'Its name', view, value: controller.body ?? '', width: 'two-thirds' })}${c.textarea(
    {
      name: 'contact',
      label: 'How can people reach it?',
      hint: 'An office, a telephone number or an address. Not a person’s own.',
      view,
      value: controller.contact,
      rows: 3,
    },
  )}${c.select({
    name: 'supplierId',
    label: 'Is it also a supplier of ours?',
    hint: 'While it has a contract and signed terms as our processor, our policy covers the system.',
    view,
    value: controller.supplierId ?? '',
    empty: 'No',
    options: suppliers.map(asOption),
  })}`
  return {
    title: `Controller of ${system.name}`,
    back: { href: `/systems/${system.id}`, text: system.name },
    body: html`${marks.heading({
      title: 'Controller and processors',
      caption: system.name,
      lead: 'The controller decides why and how people are filmed. A processor handles the pictures for it.',
    })}${c.form({
      view,
      body: html`${c.hidden('version', system.version)}${c.radios({
        name: 'kind',
        label: 'Who is the controller?',
        labelSize: 's',
        view,
        value: controller.kind,
        choices: [
          { value: 'own', text: own },
          ...(others.length === 0
            ? []
            : [{ value: 'landlord', text: 'Another landlord here', reveals: landlords }]),
          { value: 'outside', text: 'Somebody else', reveals: outside },
        ],
      })}${c.input({
        name: 'joint',
        label: 'Does it decide jointly with somebody?',
        labelSize: 's',
        hint: `Their name, or leave it empty. Where ${own} decides jointly with others, choose ${own} above and name the others here.`,
        view,
        value: controller.joint,
        width: 'two-thirds',
      })}${c.button({ text: 'Save controller' })}`,
    })}${marks.h2('Add a processor')}${
      free.length === 0
        ? marks.paragraph(
            html`Only suppliers that are on record as handling pictures can be chosen, and there is no further one. ${marks.link('/suppliers', 'Suppliers')}`,
          )
        : c.form({
            view,
            action: `/systems/${system.id}/processors`,
            body: html`${c.select({ name: 'processorId', label: 'Which supplier?', view, value: '', empty: 'Choose a supplier', options: free.map(asOption) })}${c.input({ name: 'does', label: 'What does it do for this system?', view, value: '', width: 'two-thirds' })}${c.button({ text: 'Add processor', kind: 'secondary' })}`,
          })
    }`,
  }
}
