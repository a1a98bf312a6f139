/**
 * A camera with its place, each named once: many labels hold the name of the site already ("Front door, 14 Alder
 * Row").
 */
export const placeWords = ({
  label,
  siteName,
}: {
  readonly label: string
  readonly siteName: string
}): string =>
  siteName === '' || label.toLowerCase().includes(siteName.toLowerCase()) ? label : `${label}, ${siteName}`
