import{Ga as a,aa as t,h as e,i as n,r}from"./chunk-HCHKTJTM.js";var l=240,i=[[2,"offline"],[1,"away"],[0,"online"]];function s({moments:a,start:n,end:s,until:o,marks:$,most:c=u(a),label:v,words:m}){let p=e(-1),g=function(a){let t=Math.max(1,a)/5,e=10**Math.floor(Math.log10(t)),n=Math.max(1,[1,2,5,10].map(a=>a*e).find(a=>a>=t)??t);return Array.from({length:Math.ceil(Math.max(1,a)/n)+1},(a,t)=>t*n)}(c),M=g[g.length-1],f=a=>(a-n)/(s-n)*1e3,w=a=>l*(1-a/M),x=p.value>=0&&p.value<a.length?p.value:d(a),y=a[x],k=t=>Math.min(a[t+1]?.at??o,s),A=t=>{let e=t.currentTarget.getBoundingClientRect(),r=n+(t.clientX-e.left)/e.width*(s-n),l=a.findIndex(({at:a})=>a>r);p.value=Math.max(0,(l<0?a.length:l)-1)};return r`<div class="curve">
<div class="ticks" aria-hidden="true">
${g.map(a=>r`<span key=${a} style=${{bottom:a/M*100+"%"}}>${t(a)}</span>`)}
</div>
<div
class="plot"
role="slider"
tabindex="0"
aria-label=${v}
aria-valuemin="0"
aria-valuemax=${Math.max(0,a.length-1)}
aria-valuenow=${Math.max(0,x)}
aria-valuetext=${y?m(y):""}
onPointerMove=${A}
onPointerDown=${A}
onKeyDown=${t=>{let e=Math.max(2,Math.round(a.length/20)),n={ArrowRight:1,ArrowUp:1,ArrowLeft:-1,ArrowDown:-1,PageUp:e,PageDown:-e,Home:-1/0,End:1/0}[t.key];void 0===n||t.altKey||t.metaKey||t.ctrlKey||(t.preventDefault(),p.value=Math.max(0,Math.min(a.length-1,x+n)))}}
>
<svg viewBox="0 0 ${1e3} ${l}" preserveAspectRatio="none" aria-hidden="true">
<path class="grid" d=${g.map(a=>`M0 ${w(a)}h1000`).join("")} />
<path class="grid" d=${$.map(({at:a})=>`M${f(a)} 0v240`).join("")} />
${a.map(({at:a,counts:t},e)=>null===t&&r`<rect key=${a} class="unknown" fill="url(#hatching)" x=${f(a)} width=${f(k(e))-f(a)} height=${l} />`)}
<path class="area part online" d=${h(a,0,f,w,k,l)} />
${i.map(([t,e])=>r`<path key=${e} class="line part ${e}" d=${h(a,t,f,w,k)} />`)}
${y&&r`<path class="cursor" d="M${f(y.at)} 0v${l}" />`}
</svg>
</div>
<div class="marks" aria-hidden="true">
${$.map(({at:a,label:t})=>r`<span key=${a} style=${{left:f(a)/10+"%"}}>${t}</span>`)}
</div>
<p class="readout">${y?m(y):" "}</p>
</div>`}function o(){return r`<ul class="legend">
${i.toReversed().map(([t,e])=>r`<li key=${e}>
<svg viewBox="0 0 32 12" width="32" height="12" aria-hidden="true"><path class="line part ${e}" d="M0 6H32" /></svg>
${a([n.ONLINE,n.AWAY,n.OFFLINE][t])}
</li>`)}
</ul>`}function u(a){return a.reduce((a,{counts:t})=>t?Math.max(a,...t):a,1)}function d(a){return a.reduce((t,{counts:e},n)=>e&&(t<0||e[0]>(a[t].counts?.[0]??0))?n:t,-1)}function h(a,t,e,n,r,l){let i="",s=!1,o=()=>{s&&void 0!==l&&(i+=`V${l}Z`),s=!1};return a.forEach(({at:a,counts:u},d)=>{if(!u)return o();let h=$(n(u[t]));i+=s?`V${h}`:void 0===l?`M${$(e(a))} ${h}`:`M${$(e(a))} ${l}V${h}`,i+=`H${$(e(r(d)))}`,s=!0}),o(),i}var $=a=>Math.round(10*a)/10;export{s as a,o as b,u as c,d};