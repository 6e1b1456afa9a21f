-- Words that SQLite has and Postgres has not, so that one text of each statement does for both.

-- The elements of an array in JSON; those that are no strings as JSON.
CREATE FUNCTION json_each(list TEXT) RETURNS TABLE (value TEXT)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 20
    AS $$ SELECT jsonb_array_elements_text(list::jsonb) $$;

-- `->> 0`: an element of an array in JSON.
CREATE FUNCTION json_element(list TEXT, place INTEGER) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT list::jsonb OPERATOR(pg_catalog.->>) place $$;
CREATE OPERATOR ->> (LEFTARG = TEXT, RIGHTARG = INTEGER, FUNCTION = json_element);

-- `->> '$.a.b'`: what stands in an object in JSON.
CREATE FUNCTION json_at(object TEXT, path TEXT) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT object::json #>> string_to_array(substr(path, 3), '.') $$;
CREATE OPERATOR ->> (LEFTARG = TEXT, RIGHTARG = TEXT, FUNCTION = json_at);

-- Texts as one array in JSON, in their order.
CREATE FUNCTION json_of(list TEXT[]) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT to_json(list)::text $$;
CREATE AGGREGATE json_group_array(TEXT) (SFUNC = array_append, STYPE = TEXT[], INITCOND = '{}', FINALFUNC = json_of);

CREATE FUNCTION hex(bytes BYTEA) RETURNS TEXT
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT upper(encode(bytes, 'hex')) $$;
