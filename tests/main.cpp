#define BOOST_TEST_MODULE retentiond
#include <boost/test/unit_test.hpp>
