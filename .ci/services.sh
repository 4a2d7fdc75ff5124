#!/bin/sh
# Servers that the tests use when they are there. Source this file, then call start_mariadb and stop_mariadb.
#   . .ci/services.sh && start_mariadb && export PLUTINO_TEST_MYSQL
#   . .ci/services.sh && start_modbus && export PLUTINO_TEST_MODBUS
#   . .ci/services.sh && install_componentize_py FOLDER && export PLUTINO_TEST_COMPONENTIZE_PY

MARIADB_FOLDER=${MARIADB_FOLDER:-/tmp/plutino-mariadb}
MARIADB_PORT=${MARIADB_PORT:-3307}

# Starts a MariaDB of its own folder and port, with the user test/test and the database user; sets PLUTINO_TEST_MYSQL.
start_mariadb() {
  owner=$(id -un)
  if [ "$(id -u)" = 0 ]; then owner=mysql; fi
  if [ ! -d "$MARIADB_FOLDER/data/mysql" ]; then
    mkdir -p "$MARIADB_FOLDER/data"
    if [ "$owner" = mysql ]; then chown -R mysql "$MARIADB_FOLDER"; fi
    mariadb-install-db --no-defaults --user="$owner" --datadir="$MARIADB_FOLDER/data" --auth-root-authentication-method=normal \
      --skip-test-db > "$MARIADB_FOLDER/install.log" 2>&1 || { cat "$MARIADB_FOLDER/install.log" >&2; return 1; }
  fi
  # --no-defaults first: the settings of the machine's own server do not count here, InnoDB's durable defaults do.
  mariadbd --no-defaults --user="$owner" --datadir="$MARIADB_FOLDER/data" --socket="$MARIADB_FOLDER/socket" \
    --pid-file="$MARIADB_FOLDER/pid" --bind-address=127.0.0.1 --port="$MARIADB_PORT" > "$MARIADB_FOLDER/server.log" 2>&1 &
  tries=0
  until mariadb --no-defaults --socket="$MARIADB_FOLDER/socket" --user=root --execute='SELECT 1' > /dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 150 ]; then cat "$MARIADB_FOLDER/server.log" >&2; return 1; fi
    sleep 0.2
  done
  mariadb --no-defaults --socket="$MARIADB_FOLDER/socket" --user=root --execute="
    CREATE DATABASE IF NOT EXISTS user CHARACTER SET utf8mb4;
    CREATE USER IF NOT EXISTS test@'127.0.0.1' IDENTIFIED BY 'test', test@localhost IDENTIFIED BY 'test';
    GRANT ALL ON *.* TO test@'127.0.0.1', test@localhost;" || return 1
  PLUTINO_TEST_MYSQL="mysql://test:test@127.0.0.1:$MARIADB_PORT/user"
}

# Ends the server that start_mariadb started; its data stay.
stop_mariadb() {
  if [ -f "$MARIADB_FOLDER/pid" ]; then
    server=$(cat "$MARIADB_FOLDER/pid")
    kill "$server"
    while kill -0 "$server" 2> /dev/null; do sleep 0.1; done
  fi
}

MODBUS_FOLDER=${MODBUS_FOLDER:-/tmp/plutino-modbus}
MODBUS_PORT=${MODBUS_PORT:-5020}

# Starts a Modbus TCP server, pymodbus from PyPI in a folder of its own; sets PLUTINO_TEST_MODBUS. Needs python3 with venv.
start_modbus() {
  if [ ! -x "$MODBUS_FOLDER/venv/bin/pip" ]; then
    python3 -m venv "$MODBUS_FOLDER/venv" || return 1
    "$MODBUS_FOLDER/venv/bin/pip" install --quiet --disable-pip-version-check pymodbus==3.16.1 || return 1
  fi
  "$MODBUS_FOLDER/venv/bin/python" .ci/modbus-server.py "$MODBUS_PORT" > "$MODBUS_FOLDER/server.log" 2>&1 &
  echo $! > "$MODBUS_FOLDER/pid"
  tries=0
  until "$MODBUS_FOLDER/venv/bin/python" -c "import socket; socket.create_connection(('127.0.0.1', $MODBUS_PORT)).close()" 2> /dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then cat "$MODBUS_FOLDER/server.log" >&2; return 1; fi
    sleep 0.2
  done
  PLUTINO_TEST_MODBUS="127.0.0.1:$MODBUS_PORT"
}

# Ends the server that start_modbus started.
stop_modbus() {
  if [ -f "$MODBUS_FOLDER/pid" ]; then
    kill "$(cat "$MODBUS_FOLDER/pid")"
    rm "$MODBUS_FOLDER/pid"
  fi
}

# Installs the builder of components in Python, from PyPI into a folder of its own; sets PLUTINO_TEST_COMPONENTIZE_PY. Needs python3 with venv.
install_componentize_py() {
  if [ ! -x "$1/bin/componentize-py" ]; then
    python3 -m venv "$1" || return 1
    "$1/bin/pip" install --quiet --disable-pip-version-check componentize-py==0.25.1 || return 1
  fi
  PLUTINO_TEST_COMPONENTIZE_PY="$1/bin/componentize-py"
}
