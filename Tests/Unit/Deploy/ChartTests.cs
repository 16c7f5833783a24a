using Fleet.Tests.Docs;
using k8s;
using k8s.Models;

namespace Fleet.Tests.Deploy;

/// <summary>The Helm chart, rendered and read as the types of the Kubernetes API, strictly: an unknown field is an error.</summary>
public sealed class ChartTests
{
    private const string Chart = "deploy/helm/fleet";

    private const string Required =
        """
        site: { url: "https://www.example.com" }
        secret: { existing: "fleet-keys" }
        redis: { address: "redis.example.com:6380,ssl=true" }
        """;

    // Every branch of every template that Required does not take.
    private const string Everything =
        """
        image: { registry: "registry.example.com/fleet/", tag: "1.2.3", pullSecrets: [{ name: registry }] }
        site: { url: "https://www.example.com" }
        secret: { adminKey: "0123456789abcdef0123456789abcdef", redisPassword: "secret" }
        redis: { bundled: true, image: "redis:8.2" }
        settings: { Pool__Slots: "8" }
        realm:
          dist: /srv/app
          realmsRoot: /srv/realms
          volumes: [{ name: content, persistentVolumeClaim: { claimName: content } }]
          volumeMounts: [{ name: content, mountPath: /srv, readOnly: true }]
        ingress: { enabled: true, className: nginx, host: www.example.com, tlsSecret: www, annotations: { a: b } }
        networkPolicy:
          origins: [{ ports: [{ protocol: TCP, port: 443 }], to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8] } }] }]
          metricsClients: [{ namespaceSelector: { matchLabels: { team: monitoring } } }]
          managerClients: [{ namespaceSelector: { matchLabels: { team: web } } }]
          managerEgress: [{ ports: [{ protocol: TCP, port: 8443 }], to: [{ ipBlock: { cidr: 192.0.2.0/24 } }] }]
          extraEgress: [{ ports: [{ protocol: TCP, port: 4317 }] }]
        serviceMonitor: { enabled: true, labels: { release: prometheus } }
        keda: { enabled: true, prometheus: "http://prometheus:9090" }
        """;

    [Fact]
    public void Render_OnlyWhatIsRequired_IsAFleetWithItsOwnRedisOutside()
    {
        var objects = Render(Required, out _);

        Assert.Equal(
            [
                "ConfigMap fleet-settings", "Deployment fleet-manager", "Deployment fleet-realm", "NetworkPolicy fleet-manager", "NetworkPolicy fleet-prerender", "NetworkPolicy fleet-realm",
                "PodDisruptionBudget fleet-manager", "PodDisruptionBudget fleet-prerender", "PodDisruptionBudget fleet-realm", "Service fleet-manager", "Service fleet-prerender",
                "Service fleet-realm", "StatefulSet fleet-prerender",
            ],
            Names(objects));
        Assert.All(objects.OfType<V1StatefulSet>().SelectMany(set => set.Spec.Template.Spec.Containers), container => Assert.Equal("fleet-prerender:0.1.0", container.Image));
        Assert.Equal("redis.example.com:6380,ssl=true,password=$(REDIS_PASSWORD)", Variable(Prerender(objects), "ConnectionStrings__redis"));
    }

    [Fact]
    public void Render_Everything_AddsSecretRedisIngressAndTheExtraPolicy()
    {
        var objects = Render(Everything, out var other);

        Assert.Equal(
            ["Ingress fleet-realm", "NetworkPolicy fleet-extra", "NetworkPolicy fleet-redis", "Secret fleet", "Service fleet-redis", "StatefulSet fleet-redis"],
            Names(objects).Except(Names(Render(Required, out _))));
        Assert.Equal(2, other.Count);
        Assert.Contains("kind: ScaledObject", other[0], StringComparison.Ordinal);
        Assert.Contains("kind: ServiceMonitor", other[1], StringComparison.Ordinal);
        Assert.Contains("\n    release: \"prometheus\"", other[1], StringComparison.Ordinal);
        Assert.Contains("credentials: { name: fleet, key: admin-key }", other[1], StringComparison.Ordinal);
        Assert.All(objects.OfType<V1NetworkPolicy>().Where(policy => policy.Metadata.Name is "fleet-realm" or "fleet-manager" or "fleet-prerender"), policy =>
            Assert.Contains(policy.Spec.Ingress.Single().FromProperty, peer => peer.NamespaceSelector?.MatchLabels?.Values.Contains("monitoring") == true));
        Assert.All(Pods(objects).SelectMany(pod => pod.Containers).Where(container => container.Name != "redis"), container => Assert.Equal("key", Variable(container, "Fleet__Metrics")));
        Assert.Null(objects.OfType<V1StatefulSet>().Single(set => set.Metadata.Name == "fleet-prerender").Spec.Replicas);
        Assert.Equal("fleet-redis:6379,password=$(REDIS_PASSWORD)", Variable(Prerender(objects), "ConnectionStrings__redis"));
    }

    [Theory]
    [InlineData(Required)]
    [InlineData(Everything)]
    public void Render_EveryPod_IsNotRootAndCannotWriteItsRoot(string values)
    {
        foreach (var pod in Pods(Render(values, out _)))
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.NotNull(pod.SecurityContext.SeccompProfile);
            var container = Assert.Single(pod.Containers);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.True(container.Resources.Limits.ContainsKey("memory"));
            Assert.NotNull(container.LivenessProbe);
            Assert.DoesNotContain(container.Env, variable => variable.Value is { } value && value.Contains("0123456789abcdef", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Render_EveryService_HasProbesAndMoreTimeToStopThanItsDrainTakes()
    {
        var pods = Pods(Render(Required, out _)).ToList();

        Assert.All(pods, pod => Assert.Equal("/health", pod.Containers[0].ReadinessProbe.HttpGet.Path));
        Assert.All(pods, pod => Assert.Equal("/alive", pod.Containers[0].LivenessProbe.HttpGet.Path));
        foreach (var pod in pods.Where(pod => pod.Containers[0].Env.Any(variable => variable.Name.EndsWith("__DrainTimeout", StringComparison.Ordinal))))
        {
            var drain = TimeSpan.Parse(pod.Containers[0].Env.Single(variable => variable.Name.EndsWith("__DrainTimeout", StringComparison.Ordinal)).Value, null);
            Assert.True(drain.TotalMilliseconds >= global::Fleet.Contracts.RenderLimits.MaxDeadlineMs, $"{pod.Containers[0].Name} drains for {drain}, less than the longest render.");
            Assert.True(pod.TerminationGracePeriodSeconds > drain.TotalSeconds + 5, $"{pod.Containers[0].Name} is killed before its drain of {drain} ends.");
        }
    }

    [Fact]
    public void Render_PrerenderServers_AreReachedByNameAndByManagersOnly()
    {
        var objects = Render(Required, out _);
        var set = objects.OfType<V1StatefulSet>().Single();
        var service = objects.OfType<V1Service>().Single(service => service.Metadata.Name == set.Spec.ServiceName);
        var policy = objects.OfType<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == "fleet-prerender");

        Assert.Equal("None", service.Spec.ClusterIP);
        Assert.True(service.Spec.PublishNotReadyAddresses);
        Assert.Equal("http://$(POD_NAME).fleet-prerender.production.svc:8080", Variable(Prerender(objects), "Registration__Url"));
        // A reference to another variable is expanded only when that variable stands before it.
        var names = Prerender(objects).Env.Select(variable => variable.Name).ToList();
        Assert.True(names.IndexOf("POD_NAME") < names.IndexOf("Registration__Url"));
        Assert.Equal("manager", Assert.Single(Assert.Single(policy.Spec.Ingress).FromProperty).PodSelector.MatchLabels["app.kubernetes.io/component"]);
        // Managers call no service of the fleet other than realm servers.
        var called = Assert.Single(policy.Spec.Egress, rule => rule.Ports.Any(port => port.Port.Value == "8080"));
        Assert.Equal("realm", Assert.Single(called.To).PodSelector.MatchLabels["app.kubernetes.io/component"]);
    }

    [Fact]
    public void Render_Canary_ComparesPagesWithAnotherPrerenderServer()
    {
        var objects = Render(Required + "\nprerender: { canarySamples: 20 }", out _);
        var policy = objects.OfType<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == "fleet-prerender");

        Assert.Equal("20", Variable(Prerender(objects), "Canary__Samples"));
        Assert.Equal(["manager", "prerender"], Components(Assert.Single(policy.Spec.Ingress).FromProperty));
        Assert.Equal(["realm", "prerender"], Components(Assert.Single(policy.Spec.Egress, rule => rule.Ports.Any(port => port.Port.Value == "8080")).To));
        Assert.DoesNotContain(Prerender(Render(Required, out _)).Env, variable => variable.Name == "Canary__Samples");
    }

    private static IEnumerable<string> Components(IEnumerable<V1NetworkPolicyPeer> peers) => peers.Select(peer => peer.PodSelector.MatchLabels["app.kubernetes.io/component"]);

    [Fact]
    public void Render_EgressOfManagers_AppliesToManagersOnly()
    {
        var policies = Render(Everything, out _).OfType<V1NetworkPolicy>().Where(policy => policy.Spec.Egress?.Any(rule => rule.Ports.Any(port => port.Port.Value == "8443")) == true);

        Assert.Equal("fleet-manager", Assert.Single(policies).Metadata.Name);
        Assert.DoesNotContain(Render(Required, out _).OfType<V1NetworkPolicy>().SelectMany(policy => policy.Spec.Egress), rule => rule.To?.Any(peer => peer.IpBlock is not null) == true);
    }

    [Fact]
    public void Render_EveryService_HasThePublicAddressAndConnectsToTheRealmServersInside()
    {
        var objects = Render(Required, out _);
        var containers = Pods(objects).SelectMany(pod => pod.Containers).ToList();

        Assert.Equal(3, containers.Count);
        Assert.All(containers, container => Assert.Equal("https://www.example.com", Variable(container, "Realms__PublicUrl")));
        Assert.All(containers.Where(container => container.Name != "realm"), container => Assert.Equal("http://fleet-realm:8080", Variable(container, "services__realm__http__0")));
        Assert.Contains(objects.OfType<V1Service>(), service => service.Metadata.Name == "fleet-realm" && service.Spec.Ports.Single().Port == 8080);
        var realm = objects.OfType<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == "fleet-realm");
        Assert.Equal(["manager", "prerender"], Assert.Single(realm.Spec.Ingress).FromProperty.Select(peer => peer.PodSelector?.MatchLabels["app.kubernetes.io/component"]).OfType<string>());
    }

    [Theory]
    [InlineData("site: { url: \"https://www.example.com\" }", "site: {}", "site.url")]
    [InlineData("secret: { existing: \"fleet-keys\" }", "secret: {}", "secret.adminKey")]
    [InlineData("redis: { address: \"redis.example.com:6380,ssl=true\" }", "redis: {}", "redis.address")]
    public void Render_RequiredValueMissing_SaysWhich(string line, string without, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidOperationException>(() => Render(Required.Replace(line, without, StringComparison.Ordinal), out _)).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_EveryValue_IsReadByATemplate()
    {
        var read = Template(Required).Read.Concat(Template(Everything).Read).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Unread(HelmTemplate.Parse(File.ReadAllText(Repository.File($"{Chart}/values.yaml"))), ".Values", read));
    }

    [Fact]
    public void Chart_Version_IsThatOfTheAssemblies()
    {
        var version = typeof(global::Fleet.Manager.ManagerApp).Assembly.GetName().Version!.ToString(3);

        Assert.Contains($"appVersion: {version}", File.ReadLines(Repository.File($"{Chart}/Chart.yaml")));
        Assert.Contains($"version: {version}", File.ReadLines(Repository.File($"{Chart}/Chart.yaml")));
    }

    private static IEnumerable<string> Unread(Dictionary<string, object?> values, string path, HashSet<string> read) => values.SelectMany(value =>
        read.Contains($"{path}.{value.Key}") ? []
        : value.Value is Dictionary<string, object?> { Count: > 0 } nested ? Unread(nested, $"{path}.{value.Key}", read)
        : (IEnumerable<string>)[$"{path}.{value.Key} is in values.yaml, and no template reads it."]);

    private static HelmTemplate Template(string overrides)
    {
        var template = Create(overrides);
        _ = Documents(template).Count();
        return template;
    }

    private static HelmTemplate Create(string overrides)
    {
        var values = HelmTemplate.Parse(File.ReadAllText(Repository.File($"{Chart}/values.yaml")));
        Merge(values, HelmTemplate.Parse(overrides));
        var appVersion = File.ReadLines(Repository.File($"{Chart}/Chart.yaml")).Single(line => line.StartsWith("appVersion: ", StringComparison.Ordinal))["appVersion: ".Length..];
        return new(new Dictionary<string, object?>
        {
            ["Values"] = values,
            ["Release"] = new Dictionary<string, object?> { ["Name"] = "fleet", ["Namespace"] = "production" },
            ["Chart"] = new Dictionary<string, object?> { ["AppVersion"] = appVersion },
        });
    }

    // As Helm does it: maps are merged, anything else is replaced.
    private static void Merge(Dictionary<string, object?> values, Dictionary<string, object?> overrides)
    {
        foreach (var (name, value) in overrides)
        {
            Assert.True(values.ContainsKey(name) || values.Count == 0, $"{name} is no value of the chart.");
            if (value is Dictionary<string, object?> nested && values.GetValueOrDefault(name) is Dictionary<string, object?> existing)
            {
                Merge(existing, nested);
            }
            else
            {
                values[name] = value;
            }
        }
    }

    private static IEnumerable<string> Documents(HelmTemplate template) =>
        Directory.EnumerateFiles(Repository.File($"{Chart}/templates"), "*.yaml").Order(StringComparer.Ordinal)
            .SelectMany(file => template.Render(File.ReadAllText(file)).Split("\n---\n"))
            .Where(document => document.Contains("kind:", StringComparison.Ordinal));

    // Objects of the Kubernetes API, and the text of others, whose types the client does not have.
    private static List<object> Render(string overrides, out List<string> other)
    {
        var documents = Documents(Create(overrides)).ToLookup(document => document.Contains("apiVersion: keda.sh/", StringComparison.Ordinal) || document.Contains("apiVersion: monitoring.coreos.com/", StringComparison.Ordinal));
        other = [.. documents[true]];
        return [.. documents[false].SelectMany(document => KubernetesYaml.LoadAllFromString(document, strict: true))];
    }

    private static IEnumerable<string> Names(IEnumerable<object> objects) =>
        objects.Cast<IKubernetesObject<V1ObjectMeta>>().Select(o => $"{o.Kind} {o.Metadata.Name}").Order(StringComparer.Ordinal);

    private static IEnumerable<V1PodSpec> Pods(IEnumerable<object> objects) => objects.Select(o => o switch
    {
        V1Deployment deployment => deployment.Spec.Template.Spec,
        V1StatefulSet set => set.Spec.Template.Spec,
        _ => null,
    }).OfType<V1PodSpec>();

    private static V1Container Prerender(IEnumerable<object> objects) =>
        objects.OfType<V1StatefulSet>().Single(set => set.Metadata.Name == "fleet-prerender").Spec.Template.Spec.Containers.Single();

    private static string? Variable(V1Container container, string name) => container.Env.Single(variable => variable.Name == name).Value;
}
