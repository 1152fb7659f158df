// SPDX-License-Identifier: Apache-2.0
#include "state/sqlite.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace holdfast::state {
namespace {

[[noreturn]] void fail(sqlite3* handle, int code, std::string_view doing) {
  std::string text(doing);
  text += ": ";
  text += handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  if (const int error = handle != nullptr ? sqlite3_system_errno(handle) : 0; error != 0) {
    text += " (" + std::generic_category().message(error) + ")";
  }
  throw DatabaseError(text, code);
}

// SQLite would create it with the umask's permissions; -wal and -shm then get those of the file.
void createPrivate(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    throw DatabaseError("open: " + std::generic_category().message(errno), SQLITE_CANTOPEN);
  }
  ::close(fd);
}

}  // namespace

DatabaseError DatabaseError::damage(const std::string& what) {
  return {what, SQLITE_CORRUPT};
}

bool DatabaseError::damaged() const {
  const int primary = code_ & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_ERROR;
}

Query::~Query() {
  if (statement_ != nullptr) {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
}

void Query::check(int code) const {
  if (code != SQLITE_OK) {
    fail(sqlite3_db_handle(statement_), code, "bind");
  }
}

bool Query::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code == SQLITE_DONE) {
    return false;
  }
  fail(sqlite3_db_handle(statement_), code, "step");
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Query::text(int column) const {
  const auto* begin = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (begin == nullptr) {
    return {};
  }
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::int64_t> Query::optionalInteger(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) {
    return std::nullopt;
  }
  return integer(column);
}

void Query::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, parameter, value));
}

void Query::bind(int parameter, std::string_view value) {
  // An empty view may have no address, which SQLite would take for NULL.
  const char* begin = value.empty() ? "" : value.data();
  check(sqlite3_bind_text64(statement_, parameter, begin, value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

void Query::bind(int parameter, std::optional<std::int64_t> value) {
  check(value ? sqlite3_bind_int64(statement_, parameter, *value)
              : sqlite3_bind_null(statement_, parameter));
}

void Query::bind(int parameter, std::optional<model::BootTime> value) {
  std::optional<std::int64_t> milliseconds;
  if (value) {
    milliseconds = value->time_since_epoch().count();
  }
  bind(parameter, milliseconds);
}

void Database::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Database::Database(const std::string& path, Mode mode, model::Milliseconds busyTimeout) {
  if (mode == Mode::ReadWrite) {
    createPrivate(path);
  }
  // One connection, one thread at a time: the callers see to it, so SQLite need not lock.
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (mode == Mode::ReadWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) {
    fail(handle, code, "open");
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(busyTimeout.count()));
}

Database::~Database() = default;

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    fail(handle_.get(), code, sql.substr(0, 40));
  }
}

std::int64_t Database::integer(std::string_view sql) {
  Query row = query(sql);
  return row.next() ? row.integer(0) : 0;
}

void Database::checkIntegrity() {
  Query row = query("PRAGMA quick_check(1)");
  const std::string verdict = row.next() ? row.text(0) : "no answer";
  if (verdict != "ok") {
    throw DatabaseError::damage("quick_check: " + verdict);
  }
}

sqlite3_stmt* Database::prepared(std::string_view sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) {
    return found->second.get();
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    fail(handle_.get(), code, sql.substr(0, 40));
  }
  return statements_.emplace(sql, statement).first->second.get();
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) {
    return;
  }
  try {
    database_.run("ROLLBACK");
  } catch (const DatabaseError&) {
    // SQLite rolls back by itself after the errors that make this one fail.
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace holdfast::state
