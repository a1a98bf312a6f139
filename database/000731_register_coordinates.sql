-- Where a site is on a map. Both or neither.
alter table register.site
  -- WGS 84, degrees.
  add column latitude double precision check (latitude between -90 and 90),
  add column longitude double precision check (longitude between -180 and 180),
  add constraint site_coordinates_whole check ((latitude is null) = (longitude is null));
