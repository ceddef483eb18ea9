-- The wide register as a plain table: what every contestant but Sluice loads into. Types and key are
-- those of wide-register.schema.json.
CREATE TABLE wide_register (
  credit_code          text PRIMARY KEY,
  enterprise_name      text NOT NULL,
  registered_on        date NOT NULL,
  enterprise_type      text,
  legal_representative text,
  registered_capital   numeric,
  capital_currency     text,
  business_scope       text,
  province             text,
  district             text,
  address              text,
  region_code          text,
  employees            bigint,
  approved_at          timestamptz,
  status               text,
  remark               text
);
