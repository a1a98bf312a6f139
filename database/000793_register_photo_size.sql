-- A telephone's photo of a sign is 3 to 10 MB; with 5 at most its owner had to make it smaller first.
alter table register.attachment drop constraint attachment_bytes_check;
alter table register.attachment add constraint attachment_bytes_check
  check (octet_length(bytes) between 1 and 12582912);
