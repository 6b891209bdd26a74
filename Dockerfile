# Every RUN line here is also run, as it stands, by tests/run-all.sh. Images are named by their full versions: the SDK's is that of the
# machine on which the tests last ran, the runtime's the one that belongs to it (dotnet --list-runtimes). To update, change both.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401 AS build
WORKDIR /source
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends clang zlib1g-dev
COPY . .
RUN dotnet publish src/Exporter -c Release -r linux-x64 -o artifacts/clustermgr-exporter

# One native file on what it needs: no .NET, no shell, no package manager, and a user that is not root (app, 1654).
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0.12-noble-chiseled
COPY --from=build /source/artifacts/clustermgr-exporter/clustermgr-exporter /usr/bin/clustermgr-exporter
USER app
EXPOSE 19998
ENTRYPOINT ["/usr/bin/clustermgr-exporter"]
