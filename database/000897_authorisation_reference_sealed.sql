-- A reference picture is a picture of people's doors: a copy of this database shows none.

alter table authorisation.reference_picture add column sealed boolean not null default false;

comment on column authorisation.reference_picture.sealed is
  'Its bytes are sealed under a key of its own in the keyring (docs/design/keyring.md); false: taken before that was so.';
