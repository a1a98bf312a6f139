-- A case is about one place, one area, or the whole landlord: it is shown to those whose role reaches that, and to nobody else.
alter table casework."case"
  add column area text check (length(area) between 1 and 100),
  add column site_id uuid,
  add constraint case_one_place check (num_nonnulls(area, site_id) <= 1);
comment on column casework."case".area is 'The area that it is about; null: one place, or the whole landlord.';
comment on column casework."case".site_id is 'The place that it is about, an id of the register; null: an area, or the whole landlord. Without either it is shown to those whose role reaches the whole landlord, to who opened it and to who has looked for it.';
