/** GOV.UK Frontend ships no types; this is the part of it that we call. */
declare module 'govuk-frontend' {
  type Component = { readonly moduleName: string; new (root: Element): unknown }
  export const Button: Component
  export const CharacterCount: Component
  export const Checkboxes: Component
  export const ErrorSummary: Component
  export const NotificationBanner: Component
  export const PasswordInput: Component
  export const Radios: Component
  export const ServiceNavigation: Component
  export const SkipLink: Component
  export const Tabs: Component
}
