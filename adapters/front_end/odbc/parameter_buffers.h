// The values behind a statement's question marks, in the memory that the driver reads them from.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/front_end/odbc/result_buffers.h"
#include "adapters/front_end/odbc/types.h"

namespace sluice::adapters::front_end::odbc {

// Must outlive the statement's execution.
class ParameterBuffers {
 public:
  ParameterBuffers(std::span<const Parameter> parameters, TextForm form);

  // False: the statement's diagnostics say why.
  [[nodiscard]] bool bind(SQLHSTMT statement);

 private:
  struct Bound {
    std::string bytes;
    SQLSMALLINT c_type = SQL_C_CHAR;
    SQLSMALLINT sql_type = SQL_VARCHAR;
    SQLULEN size = 0;
    SQLSMALLINT digits = 0;
    SQLLEN length = 0;
  };
  std::vector<Bound> bound_;
};

}  // namespace sluice::adapters::front_end::odbc
