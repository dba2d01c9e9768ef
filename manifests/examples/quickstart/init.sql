-- Run once, on an empty volume, by the image's entry point: psql as superuser in the database "registry".
\getenv app_password DB_APP_PASSWORD
\getenv migration_password DB_MIGRATION_PASSWORD

-- The migrations of the registry server grant rights on their tables to this role, and create it where it is missing, which
-- db_migrator may not.
CREATE ROLE toolhive_registry_server NOLOGIN;

-- Reads and writes rows, by the rights of the role above.
CREATE ROLE db_app LOGIN PASSWORD :'app_password' IN ROLE toolhive_registry_server;

-- Migrates the schema whenever a registry server starts. Since PostgreSQL 15 only the owner of a database may create in
-- its schema "public".
CREATE ROLE db_migrator LOGIN PASSWORD :'migration_password';
GRANT USAGE, CREATE ON SCHEMA public TO db_migrator;

-- Each registry needs a database of its own. For a second one, run this and set databaseConfig.database of that registry:
--   kubectl -n mcp-quickstart exec statefulset/registry-db -- \
--     psql --username=postgres --command='CREATE DATABASE registry_two OWNER db_migrator'
