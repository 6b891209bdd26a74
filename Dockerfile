# Every RUN line here is also run, as it stands, by tests/run-all.sh.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Exporter -c Release -r linux-x64 -o artifacts/clustermgr-exporter

# No shell, no package manager, and a user that is not root (app, 1654).
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
COPY --from=build /source/artifacts/clustermgr-exporter /opt/clustermgr-exporter
USER app
EXPOSE 19998
ENTRYPOINT ["/opt/clustermgr-exporter/clustermgr-exporter"]
