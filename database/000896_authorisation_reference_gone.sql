-- A reference picture is a picture too: it goes when it was refused, when a newer one took its place, and when the
-- pictures of its camera have gone.

alter table authorisation.reference_picture
  alter column attachment_id drop not null,
  add column gone_at timestamptz,
  add constraint reference_gone_or_there check ((attachment_id is null) = (gone_at is not null));

comment on column authorisation.reference_picture.gone_at is
  'When the picture itself was deleted; what is left says that there was one. Null: it is there.';
