// SPDX-License-Identifier: Apache-2.0
// A thin owner of one SQLite connection and its prepared statements.
//
// Not thread-safe: one connection belongs to one thread, or to one mutex. Errors are exceptions
// (DatabaseError) in here; the store turns them into what its callers see.
#pragma once

#include "model/time.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace holdfast::state {

class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(const std::string& what, int code) : std::runtime_error(what), code_(code) {}

  // One that is damaged().
  [[nodiscard]] static DatabaseError damage(const std::string& what);

  // SQLite's extended result code.
  [[nodiscard]] int code() const { return code_; }

  // The file itself is wrong: it is none of SQLite's, contradicts itself (SQLITE_NOTADB,
  // SQLITE_CORRUPT) or lacks a table that its version has (SQLITE_ERROR). Trying again never helps.
  [[nodiscard]] bool damaged() const;

 private:
  int code_;
};

// One run of a prepared statement. Ends (and frees its locks) with its life.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  Query(Query&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  Query& operator=(Query&&) = delete;
  ~Query();

  // Steps to the next row; false at the end.
  bool next();

  // Columns of the current row, from 0.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optionalInteger(int column) const;

  void bind(int parameter, std::int64_t value);
  void bind(int parameter, int value) { bind(parameter, std::int64_t{value}); }
  void bind(int parameter, bool value) { bind(parameter, std::int64_t{value ? 1 : 0}); }
  void bind(int parameter, std::string_view value);
  void bind(int parameter, const std::string& value) { bind(parameter, std::string_view(value)); }
  void bind(int parameter, const char* value) { bind(parameter, std::string_view(value)); }
  void bind(int parameter, std::optional<std::int64_t> value);
  void bind(int parameter, model::Milliseconds value) { bind(parameter, value.count()); }
  void bind(int parameter, model::BootTime value) { bind(parameter, value.time_since_epoch()); }
  void bind(int parameter, model::WallTime value) { bind(parameter, value.time_since_epoch()); }
  void bind(int parameter, std::optional<model::BootTime> value);

 private:
  void check(int code) const;

  sqlite3_stmt* statement_;
};

class Database {
 public:
  enum class Mode { ReadWrite, ReadOnly };

  // Opens `path`, creating it (0600) in Mode::ReadWrite. Calls wait up to `busyTimeout` for locks
  // of other programs.
  Database(const std::string& path, Mode mode, model::Milliseconds busyTimeout);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // Runs statements without parameters and rows, separated by ';'.
  void execute(const std::string& sql);

  // A run of `sql`, which is prepared once per connection: use literals. Parameters ?1, ?2, ... in
  // the order of the arguments, whose text is copied.
  template <typename... Values>
  [[nodiscard]] Query query(std::string_view sql, const Values&... values) {
    Query run(prepared(sql));
    int parameter = 0;
    (run.bind(++parameter, values), ...);
    return run;
  }

  // The same for statements that return no rows, run to the end.
  template <typename... Values>
  void run(std::string_view sql, const Values&... values) {
    Query all = query(sql, values...);
    while (all.next()) {
    }
  }

  // Reads the whole file (PRAGMA quick_check). Throws a DatabaseError that is damaged() unless all
  // is well.
  void checkIntegrity();

  // The first column of the only row.
  [[nodiscard]] std::int64_t integer(std::string_view sql);

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  [[nodiscard]] sqlite3_stmt* prepared(std::string_view sql);

  // Statements are finalized before the connection closes.
  std::unique_ptr<sqlite3, Close> handle_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>> statements_;
};

// Rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace holdfast::state
