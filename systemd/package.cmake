# What is installed, and the Debian package made of it: `cpack -G DEB` in the build folder, after a build.
# Debian's own paths (/etc) are absolute; everything else follows the prefix, which is /usr in the package.
include(GNUInstallDirs)
set(ROOM ${CMAKE_SOURCE_DIR}/systemd)
set(PACKED ${CMAKE_BINARY_DIR}/packed)
set(EXAMPLES ${CMAKE_INSTALL_DATAROOTDIR}/doc/retentiond/examples)
install(TARGETS retentiond RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})

# packed(FROM AS): FROM compressed as Debian wants it, the same bytes from the same text.
function(packed from as)
  add_custom_command(OUTPUT ${PACKED}/${as} DEPENDS ${from}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PACKED} COMMAND gzip -9nc ${from} > ${PACKED}/${as} VERBATIM)
endfunction()
packed(${ROOM}/retentiond.8 retentiond.8.gz)
packed(${ROOM}/retentiond.toml.5 retentiond.toml.5.gz)
packed(${ROOM}/debian/changelog changelog.Debian.gz)
packed(${CMAKE_SOURCE_DIR}/daemon/CHANGELOG.md changelog.gz)
add_custom_target(packed ALL DEPENDS ${PACKED}/retentiond.8.gz ${PACKED}/retentiond.toml.5.gz
  ${PACKED}/changelog.Debian.gz ${PACKED}/changelog.gz)
install(FILES ${PACKED}/retentiond.8.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES ${PACKED}/retentiond.toml.5.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${PACKED}/changelog.Debian.gz ${PACKED}/changelog.gz ${ROOM}/debian/copyright ${ROOM}/README.md
  DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/retentiond)

install(FILES ${ROOM}/retentiond.service ${ROOM}/retentiond.socket ${ROOM}/retentiond-purge.service
  ${ROOM}/retentiond-purge.timer DESTINATION lib/systemd/system)
install(FILES ${ROOM}/retentiond.sysusers DESTINATION lib/sysusers.d RENAME retentiond.conf)
install(FILES ${ROOM}/retentiond.bash DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions
  RENAME retentiond)
install(DIRECTORY ${ROOM}/examples/ DESTINATION ${EXAMPLES})
install(FILES ${ROOM}/retentiond.toml DESTINATION ${EXAMPLES})
# Alert rules and dashboards.
file(GLOB OBSERVED CONFIGURE_DEPENDS ${ROOM}/*.yml ${ROOM}/*.json)
install(FILES ${OBSERVED} DESTINATION ${EXAMPLES})
file(GLOB READY_POLICIES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/policies/*.toml)
install(FILES ${READY_POLICIES} DESTINATION ${EXAMPLES}/policies)

install(FILES ${ROOM}/debian/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/lintian/overrides
  RENAME retentiond)

# The service reads it, by its group (postinst), and nobody else: what people without a right ask goes to the daemon.
install(DIRECTORY DESTINATION /etc/retentiond DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
  GROUP_EXECUTE)
# Root's alone: what is in it reaches the service as credentials.
install(DIRECTORY DESTINATION /etc/retentiond/credentials DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
install(DIRECTORY DESTINATION /etc/retentiond/policies.d)
# An administrator's own is never overwritten: `cmake --install` asks nobody, as dpkg does.
install(CODE "if(NOT EXISTS \"\$ENV{DESTDIR}/etc/retentiond/retentiond.toml\")
  file(INSTALL \"${ROOM}/retentiond.toml\" DESTINATION /etc/retentiond)
endif()")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME retentiond)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The retentiond maintainers <maintainers@retentiond.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "deletes or anonymises records when their retention ends")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A company promises its customers, applicants and staff how long it keeps
their data. retentiond keeps the promise: it reads one rule for each category
of records, finds in the company's own databases what is due, deletes or
anonymises it in small safe batches while the business goes on, and proves it
in an audit log that is chained by hashes.

It works on SQLite, PostgreSQL and MariaDB. Nothing is disposed of before its
day, without a rule that a person wrote, or where it cannot be logged first.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# procps has the kill of ExecReload=.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers, init-system-helpers (>= 1.52), procps, tzdata")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "bash-completion, mariadb-server, postgresql, prometheus")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${ROOM}/debian/conffiles ${ROOM}/debian/postinst ${ROOM}/debian/prerm
  ${ROOM}/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_VERBATIM_VARIABLES ON)
include(CPack)
