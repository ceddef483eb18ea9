#include "server/router.h"

#include <gtest/gtest.h>

namespace sluice::test {
namespace {

using server::Method;
using server::Refusal;
using server::Route;
using server::Router;
using Parameters = std::array<server::Request::Parameter, 4>;

Router api() {
  return Router({{Method::post, "/v1/datasets/{dataset}/records", {"application/json"}, {}},
                 {Method::get, "/v1/datasets/{dataset}/records", {}, {}},
                 {Method::get, "/v1/health", {}, {}}});
}

TEST(Router, FindsARouteByMethodAndPathAndNamesItsParameter) {
  const Router router = api();
  Parameters parameters;
  const auto route = router.find(Method::post, "/v1/datasets/enterprise/records", parameters);
  ASSERT_TRUE(route.has_value());
  EXPECT_EQ((*route)->method, Method::post);
  EXPECT_EQ(parameters[0].name, "dataset");
  EXPECT_EQ(parameters[0].value, "enterprise");
}

TEST(Router, ServesHeadByGet) {
  const Router router = api();
  Parameters parameters;
  EXPECT_TRUE(router.find(Method::head, "/v1/health", parameters).has_value());
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  const Router router = api();
  Parameters parameters;
  const auto miss = router.find(Method::remove, "/v1/datasets/enterprise/records", parameters);
  ASSERT_FALSE(miss.has_value());
  EXPECT_EQ(miss.error().refusal, Refusal::method_not_allowed);
  EXPECT_EQ(miss.error().allow, "POST, GET, HEAD");
}

TEST(Router, HasARouteOfItsOwnForTheWholeServer) {
  const Router router = api();
  Parameters parameters;
  const auto route = router.find(Method::options, "*", parameters);
  ASSERT_TRUE(route.has_value());
  EXPECT_EQ((*route)->method, Method::options);
  EXPECT_EQ(router.routes().size(), 3U);
}

TEST(Router, KnowsNoOtherPaths) {
  const Router router = api();
  Parameters parameters;
  for (const char* path :
       {"/", "/v1", "/v1/", "/v1/health/", "/v1//health", "/v1/healthy", "/v1/datasets//records",
        "/v1/datasets/a/b/records", "/v1/datasets/enterprise/records/1"}) {
    const auto miss = router.find(Method::get, path, parameters);
    ASSERT_FALSE(miss.has_value()) << path;
    EXPECT_EQ(miss.error().refusal, Refusal::not_found) << path;
  }
}

TEST(Router, TakesAContentTypeInAnyCaseAndWithParameters) {
  const Route route{Method::post, "/", {"application/json", "application/x-ndjson"}, {}};
  EXPECT_TRUE(takes_content_type(route, "application/json"));
  EXPECT_TRUE(takes_content_type(route, "Application/JSON; charset=utf-8"));
  EXPECT_TRUE(takes_content_type(route, "application/x-ndjson ;q=1"));
  EXPECT_FALSE(takes_content_type(route, "application/jsonp"));
  EXPECT_FALSE(takes_content_type(route, "text/plain"));
  EXPECT_FALSE(takes_content_type(route, std::nullopt));
}

}  // namespace
}  // namespace sluice::test
