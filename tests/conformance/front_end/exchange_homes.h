// The databases that front-end docking is tested against: each real, reached by its own ODBC
// driver.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/front_end/odbc/connection.h"

namespace sluice::adapters::front_end::conformance {

// An empty database.
class Home {
 public:
  virtual ~Home() = default;
  [[nodiscard]] virtual odbc::Access access() const = 0;
  virtual void stop() = 0;   // the server; nothing where there is none
  virtual void start() = 0;  // again
};

enum class Product { postgresql, mariadb, mariadb_gbk, sqlite };
inline constexpr Product products[] = {Product::postgresql, Product::mariadb, Product::mariadb_gbk,
                                       Product::sqlite};
[[nodiscard]] std::string to_string(Product product);

// Servers are shared by all tests of a program, databases are not.
[[nodiscard]] std::unique_ptr<Home> make_home(Product product);

}  // namespace sluice::adapters::front_end::conformance
